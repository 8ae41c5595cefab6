"""Tests of the GIF reader."""

import io

import pytest
from PIL import Image

from openai_images.pictures.formats import Broken, TooLarge, read_layout

from ..conftest import encoded, keyed_palette, scene


def read(content):
    return read_layout(content, "GIF")


def with_extensions(*extensions):
    content = encoded(scene(mode="L"), "GIF")
    start = content.index(b"\x2c\0\0\0\0\x18\0\x10\0")
    return content[:start] + b"".join(extensions) + content[start:]


def test_reads_the_size():
    assert (read(with_extensions()).width, read(with_extensions()).height) == (24, 16)


def test_a_frame_that_juts_out_counts():
    content = with_extensions()
    start = content.index(b"\x2c\0\0\0\0\x18\0\x10\0")
    moved = content[: start + 1] + b"\x64\0\xc8\0" + content[start + 5 :]
    assert (read(moved).width, read(moved).height) == (124, 216)


def test_hands_on_transparency_but_no_text():
    content = encoded(keyed_palette(), "GIF", transparency=0, comment=b"hello")
    assert b"hello" in content
    handed_on = Image.open(io.BytesIO(read(content).pixels))
    assert handed_on.info["transparency"] == 0
    assert "comment" not in handed_on.info


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"GIF89a", "cut off before its pixels"),
        (with_extensions()[:15], "cut off before its pixels"),
        (with_extensions(b";"), "no picture in it"),
        (with_extensions(b"\x21\xfe\xff"), "cut off|no picture"),
    ],
)
def test_refuses(content, message):
    with pytest.raises(Broken, match=message):
        read(content)


def test_refuses_very_many_extensions_or_blocks():
    with pytest.raises(TooLarge, match="more than 65,536 extensions"):
        read(with_extensions(b"\x21\xfe\0" * 65_537))
    with pytest.raises(TooLarge, match="an extension of more than 65,536 blocks"):
        read(with_extensions(b"\x21\xfe" + b"\1x" * 65_537 + b"\0"))
