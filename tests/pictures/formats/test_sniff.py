"""Tests of sniff."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.pictures import sniff
from openai_images.pictures.formats import FORMATS


def test_knows_every_format(any_file):
    name, content = any_file
    assert sniff(content) == name.split()[0].upper()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x89PN", b"<svg/>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", b"8BPS", b"\0\0\1\0", b"II+\0"],
)
def test_knows_nothing_else(content):
    assert sniff(content) is None


@given(st.binary(max_size=20))
def test_any_bytes_are_a_format_or_none(content):
    assert sniff(content) in (*FORMATS, None)
