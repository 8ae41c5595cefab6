"""The picture of a call, as the engine takes it or refused."""

from __future__ import annotations

import pytest

from openai_images.engine import MOST_USED, Square
from openai_images.errors import InvalidPicture
from openai_images.server.form import FormFile
from openai_images.server.picture import read_picture


def read(content: bytes, crop: bool, max_pixels: int = 10_000) -> Square:
    return read_picture(FormFile("cat", content), max_pixels, crop=crop)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_cropped_picture_may_have_any_form(encode, kind):
    assert read(encode(kind, (90, 70)), crop=True).side == 70


def test_an_uncropped_picture_must_be_what_the_variations_call_takes(encode, png):
    assert read(png, crop=False).side == 64
    for wrong, words in (
        (encode("PNG", (64, 32)), "64x32.*square"),
        (encode("JPEG", (64, 64)), "takes only PNG"),
        (b"", "is empty"),
        (b"GIF8", "not a picture"),
        (png + bytes(4 * 2**20), "less than 4 MB"),
    ):
        with pytest.raises(InvalidPicture, match=words):
            read(wrong, crop=False)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_that_is_to_be_prepared_may_have_any_form(encode, kind):
    file = FormFile("cat", encode(kind, (90, 70)))
    assert read_picture(file, 10_000, crop=False, to_prepare=True).side in (70, 90)


def test_what_is_to_be_prepared_is_no_larger_than_others(encode):
    file = FormFile("cat", encode("TIFF", (400, 300)))
    with pytest.raises(InvalidPicture, match="this server takes 10,000"):
        read_picture(file, 10_000, crop=False, to_prepare=True)


@pytest.mark.parametrize("crop", [True, False])
def test_a_large_picture_is_reduced(encode, crop):
    assert read(encode("PNG", (2000, 2000)), crop, max_pixels=4_000_000).side == MOST_USED


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_too_many_pixels_are_refused(encode, kind):
    with pytest.raises(InvalidPicture, match="400 x 300 pixels; this server takes 10,000"):
        read(encode(kind, (400, 300)), crop=True)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"GIF89a"])
def test_other_formats_are_refused_without_a_look_inside(content):
    with pytest.raises(InvalidPicture, match="must be a PNG, JPEG or WebP"):
        read(content, crop=True)


@pytest.mark.parametrize("length", [8, 40, 200])
def test_a_picture_that_is_cut_off_is_refused(png, length):
    for crop in (True, False):
        with pytest.raises(InvalidPicture, match="cannot be read as a PNG"):
            read(png[:length], crop)
