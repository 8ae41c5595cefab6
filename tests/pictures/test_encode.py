"""Tests of to_png, png_smaller_than and clean_png."""

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, PngImagePlugin

from openai_images.errors import InvalidPicture
from openai_images.pictures import clean_png, open_picture, to_png
from openai_images.pictures.encode import png_smaller_than

from .conftest import chunk, decoded, deep, encoded, png, scene


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_png_keeps_pixels_and_nothing_else(mode):
    image = scene(mode=mode)
    image.info = {"icc_profile": b"a profile", "comment": b"hello", "dpi": (72, 72)}
    written = decoded(to_png(image))
    assert ImageChops.difference(written, image).getbbox() is None
    assert written.info == {}


def test_what_fits_is_only_encoded():
    image = Image.radial_gradient("L").resize((1500, 1500)).convert("RGB")
    assert png_smaller_than(4_000_000, image) == to_png(image)


def test_a_prediction_that_was_too_bold_is_corrected():
    """Scaled down, the stripes blur to a grey that predicts a tiny file; in full they are noise."""
    side = 2048
    stripes = np.random.default_rng(0).integers(0, 2, (side, side, 3), np.uint8) * 255
    stripes[::2] = 255 - stripes[1::2]
    stripes[:, ::2] = 255 - stripes[:, 1::2]
    content = png_smaller_than(2_200_000, Image.fromarray(stripes))
    assert 1_500_000 < len(content) < 2_200_000


def text(image):
    info = PngImagePlugin.PngInfo()
    info.add_text("prompt", "a cat")
    return encoded(image, "PNG", pnginfo=info)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_clean_png_keeps_its_bytes(mode, monkeypatch):
    content = encoded(scene(mode=mode), "PNG")
    monkeypatch.setattr(Image, "open", None)
    assert clean_png(content, "Image 1") == (content, 24, 16)


def test_metadata_goes_and_the_compressed_pixels_stay(monkeypatch):
    content = text(scene())
    monkeypatch.setattr(Image, "open", None)
    assert clean_png(content, "Image 1").content == encoded(scene(), "PNG")


RGB = (8, 8, 8, 2, 0, 0, 0)
INTERLACED = (8, 8, 8, 2, 0, 0, 1)
PASSES = bytes(4 + 4 + 7 + 2 * 7 + 2 * 13 + 4 * 13 + 4 * 25)


def rows(content):
    return chunk(b"IDAT", zlib.compress(content))


UNLIKE = {
    "palette": lambda: encoded(scene().quantize(8), "PNG"),
    "1 bit": lambda: encoded(scene(mode="1"), "PNG"),
    "16 bits": lambda: encoded(deep("I;16"), "PNG"),
    "grey and alpha": lambda: encoded(scene(mode="LA"), "PNG"),
    "one colour transparent": lambda: encoded(scene(), "PNG", transparency=(5, 8, 250)),
    "profile": lambda: encoded(scene(), "PNG", icc_profile=profile()),
    "turned": lambda: encoded(scene(), "PNG", exif=turned()),
    "interlaced": lambda: png(INTERLACED, rows(PASSES)),
    "more than its rows": lambda: png(RGB, rows(bytes(8 * 25) + b"more")),
    "jpeg": lambda: encoded(scene(), "JPEG"),
}


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def turned():
    exif = Image.Exif()
    exif[0x0112] = 3
    return exif


@pytest.mark.parametrize("name", UNLIKE)
def test_everything_else_is_encoded_anew(name):
    content = UNLIKE[name]()
    made = clean_png(content, "Image 1")
    expected = open_picture(content, "Image 1")
    assert made == (to_png(expected), *expected.size)
    assert clean_png(made.content, "Image 1") == made


@pytest.mark.parametrize("content", [b"", b"text", text(scene())[:-20], png(RGB, rows(bytes(99)))])
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(InvalidPicture, match=r"^Image 1 "):
        clean_png(content, "Image 1")


@given(st.integers(0, 400), st.integers(1, 255))
def test_no_damage_passes(place, difference):
    content = bytearray(text(scene()))
    content[place % len(content)] ^= difference
    with pytest.raises(InvalidPicture):
        clean_png(bytes(content), "Image 1")
