"""Tests of prepare and thumbnail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from openai_images.errors import InvalidPicture
from openai_images.pictures import (
    MAX_PICTURE_BYTES,
    Preparation,
    check_for_variation,
    prepare,
    thumbnail,
)

from .conftest import decoded, encoded, scene

SQUARE = [Preparation.CROP, Preparation.PAD]


def noise(width, height, channels, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(values)


def is_opaque_white(image):
    return image.convert("RGBA").getextrema() == ((255, 255),) * 4


def test_as_it_is_touches_nothing():
    assert prepare(b"anything", "cat.png", Preparation.AS_IS) == b"anything"


@pytest.mark.parametrize("how", SQUARE)
def test_every_picture_becomes_one_that_the_call_takes(any_file, how):
    name, content = any_file
    ready = prepare(content, name, how)
    side = 16 if how is Preparation.CROP else 24
    assert check_for_variation(ready, name) == (side, side)
    image = decoded(ready)
    assert image.mode in ("RGB", "RGBA")
    image.load()
    assert not image.info


def test_crop_keeps_the_middle():
    wide = Image.new("RGB", (30, 10), "red")
    wide.paste((0, 0, 255), (10, 0, 20, 10))
    ready = decoded(prepare(encoded(wide, "BMP"), "cat.bmp", Preparation.CROP))
    assert ready.size == (10, 10)
    assert ready.getcolors() == [(100, (0, 0, 255))]


@pytest.mark.parametrize("size", [(30, 10), (10, 30)])
def test_pad_puts_white_around(size):
    content = encoded(Image.new("RGB", size, "red"), "JPEG", quality=100)
    ready = decoded(prepare(content, "cat.jpg", Preparation.PAD))
    assert ready.size == (30, 30)
    box = (10, 0, 20, 30) if size == (10, 30) else (0, 10, 30, 20)
    assert ready.crop(box).getextrema() == ((254, 254), (0, 0), (0, 0))
    ready.paste((255, 255, 255), box)
    assert is_opaque_white(ready)


def test_pad_puts_transparency_around_a_transparent_picture():
    content = encoded(Image.new("RGBA", (30, 10), (255, 0, 0, 128)), "PNG")
    ready = decoded(prepare(content, "cat.png", Preparation.PAD))
    assert ready.getpixel((5, 5)) == (255, 255, 255, 0)
    assert ready.getpixel((5, 15)) == (255, 0, 0, 128)


def test_a_turned_photograph_is_cropped_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = scene(40, 60).transpose(Image.Transpose.ROTATE_90)
    ready = decoded(prepare(encoded(stored, "PNG", exif=exif), "cat.png", Preparation.CROP))
    expected = scene(40, 60).crop((0, 10, 40, 50))
    assert ImageChops.difference(ready, expected).getbbox() is None


@pytest.mark.parametrize("how", SQUARE)
@pytest.mark.parametrize("channels", [3, 4])
def test_noise_which_no_encoder_can_compress_fits_and_stays_large(how, channels):
    content = encoded(noise(2100, 1400, channels), "BMP" if channels == 3 else "TIFF")
    ready = prepare(content, "noise", how)
    side, _ = check_for_variation(ready, "noise")
    assert side >= 950
    assert len(ready) > 0.8 * MAX_PICTURE_BYTES


def test_a_large_flat_picture_is_reduced_to_twice_what_the_call_returns():
    content = encoded(Image.new("L", (5000, 4100), 77), "PNG")
    ready = prepare(content, "flat.png", Preparation.CROP)
    assert check_for_variation(ready, "flat.png") == (2048, 2048)
    assert decoded(ready).getextrema() == ((77, 77),) * 3


def test_a_picture_that_fits_keeps_every_pixel():
    image = noise(900, 900, 3)
    ready = decoded(prepare(encoded(image, "PNG"), "noise.png", Preparation.PAD))
    assert ImageChops.difference(ready, image).getbbox() is None


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    channels=st.sampled_from([1, 3, 4]),
    kind=st.sampled_from(["PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG"]),
    how=st.sampled_from(SQUARE),
    seed=st.integers(0, 9),
)
def test_whatever_the_picture_the_call_takes_the_result(width, height, channels, kind, how, seed):
    image = (
        noise(width, height, channels, seed) if channels > 1 else Image.new("L", (width, height))
    )
    if kind == "JPEG":
        image = image.convert("RGB")
    ready = prepare(encoded(image, kind), "cat", how)
    side = min(width, height) if how is Preparation.CROP else max(width, height)
    assert check_for_variation(ready, "cat") == (side, side)


@pytest.mark.parametrize(("width", "height"), [(65_000, 1), (1, 65_000), (20_000, 3)])
@pytest.mark.parametrize("how", SQUARE)
def test_a_line_becomes_a_square(width, height, how):
    content = encoded(Image.new("RGB", (width, height), "red"), "PNG")
    side, _ = check_for_variation(prepare(content, "line.png", how), "line.png")
    assert side == (min(width, height) if how is Preparation.CROP else 2048)


def test_what_cannot_be_opened_is_refused():
    with pytest.raises(InvalidPicture, match=r"^cat\.png is not a picture"):
        prepare(b"text", "cat.png", Preparation.CROP)


def test_a_thumbnail_keeps_the_shape():
    small = decoded(thumbnail(encoded(scene(400, 200), "WEBP"), 100))
    assert (small.format, small.size) == ("PNG", (100, 50))
    difference = ImageChops.difference(small, scene(400, 200).resize((100, 50)))
    assert max(ImageStat.Stat(difference).mean) < 3


def test_a_small_picture_is_its_own_thumbnail():
    assert decoded(thumbnail(encoded(scene(20, 10), "PNG"), 100)).size == (20, 10)
