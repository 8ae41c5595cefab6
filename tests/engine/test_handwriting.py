from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from openai_images.engine import Source
from openai_images.engine.handwriting import words
from openai_images.engine.labels import Regions
from openai_images.engine.lettering import lettering

from .pictures import photograph, textured


def written(draw, left, base, letters, height, width):
    """Joined letters like e, l and u: loops of a pen that goes on to the right."""
    turn = np.linspace(0, 2 * np.pi * len(letters), 40 * len(letters))
    which = np.minimum((turn / (2 * np.pi)).astype(int), len(letters) - 1)
    rise = np.array([2.0 if letter == "l" else 1.0 for letter in letters])[which]
    x = left + turn / (2 * np.pi) * 0.9 * height + 0.45 * height * np.sin(turn)
    y = base - height * rise * (1 - np.cos(turn)) / 2
    draw.line(list(zip(x, y, strict=True)), fill="#22284a", width=width, joint="curve")


def letter():
    image = Image.new("RGB", (512, 512), "#efe9dc")
    draw = ImageDraw.Draw(image)
    for row, base in enumerate((120, 220, 320)):
        written(draw, 50, base, "elleeule"[row:], 30, 5)
        written(draw, 320, base, "eelue", 30, 5)
    return image


def branches():
    """Crooked lines of even width before the sky, and blades of grass."""
    rng = np.random.default_rng(5)
    image = Image.new("RGB", (512, 512), "#c9dcee")
    draw = ImageDraw.Draw(image)
    for start in range(40, 460, 60):
        x = np.arange(0, 513, 32)
        y = start + np.cumsum(rng.uniform(-14, 14, len(x)))
        draw.line(list(zip(x, y, strict=True)), fill="#302418", width=6)
        twig = int(rng.integers(2, 14))
        draw.line((x[twig], y[twig], x[twig] + 40, y[twig] - 35), fill="#302418", width=4)
    for left in range(0, 512, 7):
        draw.line((left, 511, left + rng.uniform(-20, 20), 430), fill="#223a18", width=3)
    return image


def test_joined_writing_is_lettering():
    mask = lettering(letter().convert("RGBX"), 64)
    for base in (120, 220, 320):
        cells = mask[(base - 25) // 8 : base // 8, 8:40]
        assert cells.mean() > 0.8
    assert not mask[48:].any()


@pytest.mark.parametrize(("texture", "is_found"), [(0.05, True), (0.15, False)])
def test_strokes_are_lettering_on_paper_and_not_on_water_or_foliage(texture, is_found):
    assert lettering(textured(letter(), texture, shading=0.3).convert("RGBX"), 64).any() == is_found


def test_writing_is_never_mirrored():
    assert Source(letter()).lettering.any()


def test_a_word_tells_where_its_small_letters_stand():
    ink = np.asarray(letter().convert("L")) < 128
    found = words(Regions.of(ink, only_set=True))
    assert len(found) == 6
    assert all(word.crossings >= 5 for word in found)
    assert {round(word.bottom / 10) * 10 for word in found} == {120, 220, 320}


@pytest.mark.parametrize(
    "image", [branches(), photograph("rocket", 512), photograph("chelsea", 512)]
)
def test_branches_grass_and_fur_are_no_writing(image):
    assert not lettering(image.convert("RGBX"), 64).any()
