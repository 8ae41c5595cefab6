"""Tests of the BMP reader."""

import struct

import pytest

from openai_images.pictures.formats import Broken, read_layout

from ..conftest import encoded, scene

FILE_HEADER = b"BM" + bytes(12)


def read(content):
    return read_layout(content, "BMP")


def test_reads_the_size():
    layout = read(encoded(scene(30, 20), "BMP"))
    assert (layout.width, layout.height, layout.memory) == (30, 20, 30 * 20 * 4)


def test_reads_a_picture_that_begins_at_its_top():
    content = encoded(scene(30, 20), "BMP")
    layout = read(content[:22] + struct.pack("<i", -20) + content[26:])
    assert (layout.width, layout.height) == (30, 20)


def test_reads_the_oldest_header():
    layout = read(FILE_HEADER + struct.pack("<IHHHH", 12, 30, 20, 1, 24))
    assert (layout.width, layout.height) == (30, 20)


@pytest.mark.parametrize("compression", [1, 2, 4, 5])
def test_refuses_compression(compression):
    content = encoded(scene(), "BMP")
    content = content[:30] + struct.pack("<I", compression) + content[34:]
    with pytest.raises(Broken, match="its kind of compression is not supported"):
        read(content)


@pytest.mark.parametrize("length", [2, 16, 20, 30])
def test_refuses_a_file_that_is_cut_off(length):
    with pytest.raises(Broken, match="cut off before its pixels"):
        read(encoded(scene(), "BMP")[:length])
