"""Tests of the PNG reader."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from openai_images.pictures.formats import Broken, TooLarge, read_layout

from ..conftest import chunk, encoded, scene


def read(content):
    return read_layout(content, "PNG")


def with_chunk(*chunks):
    content = encoded(scene(), "PNG")
    return content[:33] + b"".join(chunks) + content[33:]


def test_reads_size_orientation_and_profile():
    exif = Image.Exif()
    exif[0x0112] = 8
    layout = read(encoded(scene(30, 20), "PNG", exif=exif, icc_profile=b"a profile"))
    assert (layout.width, layout.height, layout.orientation) == (30, 20, 8)
    assert layout.profile == b"a profile"
    assert layout.memory == 30 * 20 * 4


def test_hands_on_pixels_only():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "hello", zip=True)
    animated = encoded(
        scene(), "PNG", pnginfo=text, save_all=True, append_images=[scene().rotate(180)]
    )
    handed_on = Image.open(io.BytesIO(read(animated).pixels))
    assert handed_on.info == {}
    assert handed_on.n_frames == 1


def test_a_file_of_pixels_only_is_handed_on_as_it_is():
    content = encoded(scene(), "PNG")
    assert read(content).pixels is content


def test_what_follows_the_end_is_not_read():
    content = encoded(scene(), "PNG")
    assert read(content + b"anything").pixels == read(content).pixels


@pytest.mark.parametrize(
    "data",
    [
        b"no zero byte",
        b"name\0\1" + zlib.compress(b"unknown method"),
        b"name\0\0" + b"not zlib",
        b"name\0\0" + zlib.compress(b"cut off")[:-5],
        b"name\0\0" + zlib.compress(bytes(3 * 1024 * 1024)),
    ],
)
def test_a_profile_that_cannot_be_unpacked_is_dropped(data):
    assert read(with_chunk(chunk(b"iCCP", data))).profile is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND"), "does not begin with an IHDR"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"short") + chunk(b"IEND"), "does not begin"),
        (with_chunk(chunk(b"teXt", b"x")[:-1] + b"?"), "the checksum of its teXt chunk is wrong"),
        (with_chunk(chunk(b"\0\xff!\n")[:-1] + b"?"), r"checksum of its b'\\x00\\xff!\\n' chunk"),
        (with_chunk(struct.pack(">I4s", 2**31, b"teXt")), "cut off inside its teXt chunk"),
    ],
)
def test_refuses(content, message):
    with pytest.raises(Broken, match=message):
        read(content)


def test_refuses_a_file_of_empty_chunks():
    with pytest.raises(TooLarge, match="more than 65,536 chunks"):
        read(with_chunk(chunk(b"teXt") * 65_536))
