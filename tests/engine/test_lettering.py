from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from openai_images.engine.lettering import lettering

from .pictures import drawing, photograph, poster, textured


def found(image):
    return lettering(image.convert("RGBX"), 64)


def written(text, ground, ink, size=48, side=512):
    image = Image.new("RGB", (side, side), ground)
    draw = ImageDraw.Draw(image)
    draw.text((40, 200), text, font=ImageFont.load_default(size), fill=ink)
    return image


@pytest.mark.parametrize(
    ("ground", "ink"), [("white", "black"), ("black", "white"), ("#14532d", "#ffffff")]
)
@pytest.mark.parametrize("text", ["Palace Gate", "OPEN 24 HOURS", "miniature"])
def test_rows_of_print_are_found(text, ground, ink):
    mask = found(written(text, ground, ink))
    rows, columns = np.nonzero(mask)
    assert 22 <= rows.min() <= 27
    assert 30 <= rows.max() <= 36
    assert columns.min() <= 6
    assert columns.max() >= 20


@pytest.mark.parametrize("size", [18, 30, 100])
def test_print_of_many_sizes_is_found(size):
    assert found(written("Hamburg 1896"[: 1200 // size], "white", "black", size)).any()


@pytest.mark.parametrize(("texture", "is_found"), [(0.05, True), (0.15, False)])
def test_print_is_found_on_a_wall_and_not_on_rock(texture, is_found):
    image = textured(written("Palace Gate", "#b0b0b0", "#202020"), texture, shading=0.3)
    assert found(image).any() == is_found


def test_all_rows_of_a_poster_are_found_and_nothing_else():
    mask = found(poster())
    assert mask[8:11, 8:40].all()
    assert mask[20:21, 8:40].all()
    assert not mask[32:].any()


def test_a_scanned_page_is_mostly_lettering():
    assert found(photograph("page", 512)).mean() > 0.3


@pytest.mark.parametrize(
    "name", ["astronaut", "brick", "chelsea", "coffee", "grass", "gravel", "rocket", "moon"]
)
def test_photographs_without_print_have_none(name):
    assert not found(photograph(name, 512)).any()


def test_a_line_drawing_has_none():
    assert not found(drawing()).any()


@pytest.mark.parametrize("colour", ["white", "black", "#808080"])
def test_a_plain_picture_has_none(colour):
    assert not found(Image.new("RGB", (64, 64), colour)).any()
