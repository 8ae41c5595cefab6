"""Tests of check_for_variation: what passes, and what each refusal says."""

import re
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from openai_images.errors import InvalidPicture
from openai_images.pictures import MAX_PICTURE_BYTES, check_for_variation

from .conftest import encoded, scene

SQUARE = encoded(scene(32, 32), "PNG")


def chunk(kind, data=b""):
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", checksum)


def padded(length):
    """A square PNG of exactly so many bytes."""
    filler = chunk(b"prIv", bytes(length - len(SQUARE) - 12))
    return SQUARE[:33] + filler + SQUARE[33:]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_square_png_passes(mode):
    assert check_for_variation(encoded(scene(48, 48, mode), "PNG"), "cat.png") == (48, 48)


def test_the_name_does_not_matter():
    assert check_for_variation(SQUARE, "cat.jpg") == (32, 32)


def test_one_byte_less_than_4_mb_passes():
    assert check_for_variation(padded(MAX_PICTURE_BYTES - 1), "cat.png") == (32, 32)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cat.png is empty (0 bytes): choose another picture."),
        (
            b"hello, world",
            "cat.png is not a picture in a format that can be read: "
            "use PNG, JPEG, WEBP, GIF, BMP or TIFF.",
        ),
        (
            encoded(scene(32, 32), "JPEG"),
            "cat.png is a JPEG picture named .png; the call takes only PNG: save it as PNG, "
            "or set Prepare Image to Crop to square or Pad to square.",
        ),
        (
            encoded(scene(64, 48), "PNG"),
            "cat.png is 64x48; the call needs a square picture: crop it, "
            "or set Prepare Image to Crop to square or Pad to square.",
        ),
        (
            padded(MAX_PICTURE_BYTES),
            "cat.png has 4,194,304 bytes; the call takes less than 4 MB (4,194,304 bytes): "
            "make it smaller, or set Prepare Image to Crop to square or Pad to square.",
        ),
        (
            SQUARE[:-1],
            "cat.png cannot be read as a PNG picture: it is cut off: its end is missing. "
            "Save or download it again.",
        ),
        (
            SQUARE[:60],
            "cat.png cannot be read as a PNG picture: it is cut off inside its IDAT chunk. "
            "Save or download it again.",
        ),
        (
            SQUARE[:60] + b"?" + SQUARE[61:],
            "cat.png cannot be read as a PNG picture: the checksum of its IDAT chunk is wrong. "
            "Save or download it again.",
        ),
    ],
)
def test_refuses(content, message):
    with pytest.raises(InvalidPicture, match=f"^{re.escape(message)}$"):
        check_for_variation(content, "cat.png")


def test_a_jpeg_named_so_is_not_said_to_be_named_png():
    with pytest.raises(InvalidPicture, match=r"^cat\.jpg is a JPEG picture; the call"):
        check_for_variation(encoded(scene(), "JPEG"), "cat.jpg")


def test_too_few_rows_are_refused():
    rows = zlib.compress(bytes(10 * 97))
    header = struct.pack(">IIBBBBB", 32, 32, 8, 2, 0, 0, 0)
    content = SQUARE[:8] + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND")
    with pytest.raises(InvalidPicture, match="its pixels are cut off"):
        check_for_variation(content, "cat.png")


def test_a_png_cut_off_anywhere_is_refused():
    for length in range(len(SQUARE)):
        with pytest.raises(InvalidPicture):
            check_for_variation(SQUARE[:length], "cat.png")


@given(st.integers(0, len(SQUARE) - 1), st.integers(1, 255))
def test_a_png_with_any_byte_changed_is_refused(place, difference):
    changed = bytes([SQUARE[place] ^ difference])
    with pytest.raises(InvalidPicture):
        check_for_variation(SQUARE[:place] + changed + SQUARE[place + 1 :], "cat.png")


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_refused_in_one_sentence(content, like_png):
    with pytest.raises(InvalidPicture) as caught:
        check_for_variation(SQUARE[:33] * like_png + content, "cat.png")
    assert str(caught.value).startswith("cat.png ")
    assert "\n" not in str(caught.value)


@settings(deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from(["1", "L", "P", "RGB", "RGBA"]))
def test_exactly_squares_pass(width, height, mode):
    content = encoded(Image.new(mode, (width, height)), "PNG")
    if width == height:
        assert check_for_variation(content, "cat.png") == (width, height)
    else:
        with pytest.raises(InvalidPicture, match=f"is {width}x{height};"):
            check_for_variation(content, "cat.png")
