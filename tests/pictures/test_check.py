"""Tests of check_for_variation: what passes, and what each refusal says."""

import re
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from openai_images import deflate
from openai_images.errors import InvalidPicture
from openai_images.pictures import (
    MAX_PICTURE_BYTES,
    check_for_variation,
    check_readable,
    is_square_png,
    open_for_variation,
    size_of,
)

from .conftest import chunk, encoded, png, scene

SQUARE = encoded(scene(32, 32), "PNG")


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
            "or prepare the image (automatic, crop or pad).",
        ),
        (
            encoded(scene(64, 48), "PNG"),
            "cat.png is 64x48; the call needs a square picture: crop it, "
            "or prepare the image (automatic, crop or pad).",
        ),
        (
            padded(MAX_PICTURE_BYTES),
            "cat.png has 4,194,304 bytes; the call takes less than 4 MB (4,194,304 bytes): "
            "make it smaller, or prepare the image (automatic, crop or pad).",
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
    with pytest.raises(InvalidPicture, match="its pixels are cut off"):
        check_for_variation(CUT_OFF, "cat.png")


ROWS = chunk(b"IDAT", zlib.compress(bytes(8 * 25)))
PALETTE = chunk(b"PLTE", bytes(3))
CUT_OFF = png((32, 32, 8, 2, 0, 0, 0), chunk(b"IDAT", zlib.compress(10 * (b"\0" + 96 * b"a"))))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png((8, 8, 3, 2, 0, 0, 0), ROWS), "its header has 3 bits of colour type 2"),
        (png((8, 8, 8, 5, 0, 0, 0), ROWS), "its header has 8 bits of colour type 5"),
        (png((8, 8, 8, 2, 1, 0, 0), ROWS), "unknown compression, filter or interlacing"),
        (png((8, 8, 8, 2, 0, 1, 0), ROWS), "unknown compression, filter or interlacing"),
        (png((8, 8, 8, 2, 0, 0, 2), ROWS), "unknown compression, filter or interlacing"),
        (png((8, 8, 8, 3, 0, 0, 0), ROWS), "it has no palette"),
        (png((8, 8, 8, 2, 0, 0, 0), ROWS, PALETTE), "its palette is out of place"),
        (png((8, 8, 8, 2, 0, 0, 0), PALETTE, PALETTE, ROWS), "its palette is out of place"),
        (png((8, 8, 8, 2, 0, 0, 0), ROWS, chunk(b"teXt"), ROWS), "its pixels are scattered"),
        (png((8, 8, 8, 2, 0, 0, 0), chunk(b"CgBI"), ROWS), "it has an unknown CgBI chunk"),
        (
            png((8, 8, 8, 2, 0, 0, 0), chunk(b"IDAT", zlib.compress(b"\5" * 8 * 25))),
            "its pixels are damaged: a row has an unknown filter",
        ),
        (png((8000, 8000, 1, 0, 0, 0, 0), ROWS), "decoding it would take 256 MB"),
    ],
)
def test_refuses_what_services_refuse_though_some_decoders_do_not(content, message):
    with pytest.raises(InvalidPicture, match=message):
        check_for_variation(content, "cat.png")


def test_an_interlaced_png_and_one_with_a_palette_pass():
    passes = zlib.compress(bytes(4 + 4 + 7 + 2 * 7 + 2 * 13 + 4 * 13 + 4 * 25))
    assert check_for_variation(png((8, 8, 8, 2, 0, 0, 1), chunk(b"IDAT", passes)), "x") == (8, 8)
    rows = chunk(b"IDAT", zlib.compress(bytes(8 * 9)))
    assert check_for_variation(png((8, 8, 8, 3, 0, 0, 0), PALETTE, rows), "x") == (8, 8)


def test_no_pixel_is_decoded(monkeypatch):
    monkeypatch.setattr(Image, "open", None)
    assert check_for_variation(SQUARE, "cat.png") == (32, 32)
    assert is_square_png(SQUARE)
    assert size_of(SQUARE, "cat.png") == (32, 32)
    assert check_readable(SQUARE, "cat.png") == (32, 32)


def test_what_claims_to_be_a_square_png_is_told_from_the_rest():
    assert is_square_png(SQUARE)
    assert not is_square_png(b"")
    assert not is_square_png(encoded(scene(32, 32), "JPEG"))
    assert not is_square_png(encoded(scene(32, 16), "PNG"))
    assert not is_square_png(padded(MAX_PICTURE_BYTES))


def test_what_is_opened_is_checked_with_it():
    opened = open_for_variation(encoded(scene(48, 48), "PNG"), "cat.png", 24)
    assert (opened.mode, opened.size) == ("RGB", (24, 24))
    with pytest.raises(InvalidPicture, match="is 64x48; the call needs a square picture"):
        open_for_variation(encoded(scene(64, 48), "PNG"), "cat.png", 24)
    with pytest.raises(InvalidPicture, match="its pixels are cut off"):
        open_for_variation(CUT_OFF, "cat.png", 24)


def test_pixels_are_unpacked_once_to_be_opened(monkeypatch):
    """Rows that hold nothing are the exception: they could as well be missing."""
    unpacked = []
    real = deflate.unpacker
    monkeypatch.setattr(deflate, "unpacker", lambda: unpacked.append(1) or real())
    open_for_variation(encoded(scene(48, 48), "PNG"), "cat.png", 24)
    assert not unpacked
    open_for_variation(encoded(Image.new("L", (48, 48)), "PNG"), "cat.png", 24)
    assert unpacked


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_what_is_readable_is_told_by_its_size_and_what_is_cut_off_is_refused(kind):
    content = encoded(scene(500, 300), kind)
    assert check_readable(content, "cat") == size_of(content, "cat") == (500, 300)
    with pytest.raises(InvalidPicture, match=f"^cat cannot be read as a {kind} picture: it"):
        check_readable(content[: len(content) // 2], "cat")


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
