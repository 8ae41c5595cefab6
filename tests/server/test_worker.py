"""What an engine process does, called in this one."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from openai_images.errors import InvalidPicture
from openai_images.server.worker import Subject, Task, make


def made(content: bytes, crop: bool, max_pixels: int = 10_000) -> Image.Image:
    subject = Subject(content, "cat", crop, max_pixels)
    return Image.open(io.BytesIO(make(Task(subject, 256, 1, 0, 0.5)).png))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_cropped_picture_may_have_any_form(encode, kind):
    assert made(encode(kind, (90, 60)), crop=True).size == (256, 256)


def test_an_uncropped_picture_must_be_what_the_variations_call_takes(encode, png):
    assert made(png, crop=False).size == (256, 256)
    with pytest.raises(InvalidPicture, match="must be square; it has 64 x 32 pixels"):
        made(encode("PNG", (64, 32)), crop=False)
    for wrong in (encode("JPEG", (64, 64)), b"", png + bytes(4 * 2**20)):
        with pytest.raises(InvalidPicture, match="must be a PNG and less than 4 MB"):
            made(wrong, crop=False)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_too_many_pixels_are_refused(encode, kind):
    with pytest.raises(InvalidPicture, match="400 x 300 pixels; this server takes 10,000"):
        made(encode(kind, (400, 300)), crop=True)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"GIF89a"])
def test_other_formats_are_refused_without_a_look_inside(content):
    with pytest.raises(InvalidPicture, match="must be a PNG, JPEG or WebP"):
        made(content, crop=True)


@pytest.mark.parametrize("length", [8, 40, 200])
def test_a_picture_that_is_cut_off_is_refused(png, length):
    for crop in (True, False):
        with pytest.raises(InvalidPicture, match="cannot be read as a PNG"):
            made(png[:length], crop)
