from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from openai_images.engine import EngineError, matte
from openai_images.engine.pixels import pack_image


def read(image, least=8, most=64):
    return matte.readable_square(image, least, most)


@pytest.mark.parametrize(
    "mode", ["RGB", "RGBA", "L", "LA", "P", "PA", "1", "CMYK", "YCbCr", "HSV", "RGBX"]
)
def test_every_common_mode_becomes_colours(mode):
    image = Image.new("RGB", (16, 16), (200, 60, 60)).convert("RGBA" if mode == "PA" else "RGB")
    assert read(image.convert(mode)).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA", "RGBa", "La"])
def test_transparency_is_kept(mode):
    rgba = Image.new("RGBA", (16, 16), (200, 60, 60, 255))
    rgba.paste((0, 0, 0, 0), (0, 0, 8, 16))
    first = "LA" if mode == "La" else "RGBA"
    square = read(rgba.convert(first).convert(mode))
    assert square.mode == "RGBA"
    assert square.getpixel((2, 2))[3] == 0
    assert square.getpixel((12, 2))[3] == 255


def test_a_transparent_palette_colour_is_kept():
    palette = Image.new("P", (16, 16), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.paste(1, (0, 0, 8, 16))
    palette.info["transparency"] = 1
    assert read(palette).getchannel("A").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        (np.linspace(0, 65535, 256).astype(np.uint16), "I;16"),
        (np.linspace(0, 65535, 256).astype(np.int32), "I"),
        (np.linspace(0, 1, 256).astype(np.float32), "F"),
        (np.linspace(0, 255, 256).astype(np.float32), "F"),
    ],
)
def test_deep_greys_keep_their_range(values, mode):
    image = Image.fromarray(values.reshape(16, 16))
    assert image.mode == mode
    assert read(image).getextrema() == ((0, 255),) * 3


def test_what_is_no_number_is_black():
    image = Image.fromarray(np.full((8, 8), np.nan, np.float32))
    assert read(image).getextrema() == ((0, 0),) * 3


@pytest.mark.parametrize(("mode", "key"), [("L", 0), ("RGB", (0, 0, 0))])
def test_a_transparent_level_or_colour_is_kept(mode, key):
    image = Image.new(mode, (16, 16), 200 if mode == "L" else (200, 0, 0))
    image.paste(key, (0, 0, 8, 16))
    image.info["transparency"] = key
    assert read(image).getchannel("A").getextrema() == (0, 255)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(EngineError, match="no pixels"):
        read(Image.new("RGB", (0, 5)))


def test_the_middle_square_counts():
    image = Image.new("RGB", (48, 16), "red")
    image.paste((0, 0, 255), (16, 0, 32, 16))
    assert read(image).getextrema() == ((0, 0), (0, 0), (255, 255))


def test_exif_rotation_is_honoured():
    image = Image.new("RGB", (16, 16), "red")
    image.paste((0, 0, 255), (0, 0, 16, 8))
    image.getexif()[0x0112] = 6
    assert read(image).getpixel((15, 8)) == (0, 0, 255)


@pytest.mark.parametrize(("side", "used"), [(1, 8), (8, 8), (40, 40), (64, 64), (500, 64)])
def test_sides_are_brought_into_range(side, used):
    assert read(Image.new("L", (side, side))).size == (used, used)


def rgba_picture(seed, least_alpha):
    rng = np.random.default_rng(seed)
    rgba = rng.integers(0, 256, (6, 6, 4), dtype=np.uint8)
    rgba[..., 3] = rng.integers(least_alpha, 256, (6, 6))
    return rgba


@given(st.integers(0, 200))
def test_lifting_the_matte_brings_the_colours_back(seed):
    rgba = rgba_picture(seed, 64)
    ground, flat = matte.flatten(Image.fromarray(rgba))
    lifted = np.asarray(matte.lift(pack_image(flat), ground)[..., None].view(np.uint8))
    assert np.array_equal(lifted[..., 3], rgba[..., 3])
    assert np.abs(lifted.astype(int) - rgba).max() <= 4


def test_what_cannot_be_seen_has_no_colour():
    ground, flat = matte.flatten(Image.fromarray(np.zeros((4, 4, 4), np.uint8)))
    assert not matte.lift(pack_image(flat), ground).any()


@pytest.mark.parametrize(("level", "ground"), [(250, 0), (10, 255)])
def test_the_matte_stands_out_from_the_subject(level, ground):
    rgba = np.full((4, 4, 4), level, np.uint8)
    rgba[:2, :, 3] = 0
    rgba[2:, :, 3] = 255
    assert matte.flatten(Image.fromarray(rgba))[0] == ground
