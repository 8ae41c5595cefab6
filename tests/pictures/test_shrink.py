"""Tests of reduced and simplified: bands are invisible, sizes are right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from openai_images.pictures.shrink import middle_square, reduced, simplified

from .conftest import deep, keyed_palette, scene


def whole(image):
    return (0, 0, *image.size)


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 120))
def test_the_long_side_is_less_than_twice_the_edge_and_nothing_grows(width, height, edge):
    small = reduced(scene(width, height), (0, 0, width, height), edge)
    assert min(edge, max(width, height)) <= max(small.size) < max(2 * edge, 2)
    assert 1 <= min(small.size) <= min(width, height)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK"])
def test_bands_and_blocks_give_what_lanczos_gives(mode):
    image = scene(1800, 1400, mode)
    expected = image.resize((90, 70), Image.Resampling.LANCZOS)
    small = reduced(image, whole(image), 90)
    assert (small.mode, small.size) == (mode, (90, 70))
    assert max(ImageStat.Stat(ImageChops.difference(small, expected)).mean) < 2


def test_only_the_box_is_seen():
    image = Image.new("RGB", (300, 300), "red")
    image.paste((0, 0, 255), (100, 50, 200, 250))
    small = reduced(image, (100, 50, 200, 250), 20)
    assert small.size == (10, 20)
    assert small.getcolors() == [(200, (0, 0, 255))]


def test_the_middle_square_is_in_the_middle():
    assert middle_square(Image.new("L", (10, 4))) == (3, 0, 7, 4)
    assert middle_square(Image.new("L", (4, 10))) == (0, 3, 4, 7)


@pytest.mark.parametrize("height", [1, 99, 100, 101, 250])
def test_a_picture_simplified_in_bands_has_no_seams(height):
    palette = scene(10_000, height).quantize(16)
    expected = palette.convert("RGB")
    assert ImageChops.difference(simplified(palette), expected).getbbox() is None


def test_simple_pictures_are_not_copied():
    image = scene()
    assert simplified(image) is image


def test_what_is_simplified_keeps_its_profile():
    image = keyed_palette()
    image.info["icc_profile"] = b"profile"
    assert simplified(image).mode == "RGBA"
    assert simplified(image).info["icc_profile"] == b"profile"


@pytest.mark.parametrize("mode", ["I", "F", "I;16"])
def test_deep_grey_is_levelled_over_all_bands(mode):
    image = deep(mode, 7000, 300)
    grey = simplified(image)
    assert grey.mode == "L"
    rows = [grey.getpixel((6999, y)) for y in range(300)]
    assert rows == sorted(rows)
    assert (rows[0], rows[-1]) == (0, 255)


def test_deep_grey_of_one_value_is_no_division_by_zero():
    assert simplified(Image.new("F", (8, 8), 7.0)).getextrema() in ((0, 0), (1, 1))
