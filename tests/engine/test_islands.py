from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from openai_images.engine import islands

from .pictures import drawing, photograph, two_discs


def find_islands(image):
    return islands.find_islands(islands.find_grounds(image))


def test_things_on_one_ground_are_islands_largest_first():
    found = find_islands(two_discs())
    assert len(found) == 2
    assert found[0].centre == pytest.approx((0.742, 0.703), abs=0.01)
    assert found[1].centre == pytest.approx((0.215, 0.215), abs=0.01)


def test_near_things_belong_together():
    image = Image.new("RGBX", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    for x in (60, 84, 108):
        draw.rectangle((x, 100, x + 18, 130), fill="black")
    assert len(find_islands(image)) == 1


def test_what_touches_the_rim_stays():
    image = Image.new("RGBX", (256, 256), "white")
    ImageDraw.Draw(image).rectangle((0, 100, 120, 130), fill="black")
    assert find_islands(image) == ()


def test_eyes_stay_in_a_face():
    image = Image.new("RGBX", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 216, 216), fill="gold")
    draw.ellipse((80, 90, 100, 120), fill="black")
    draw.ellipse((150, 90, 170, 120), fill="black")
    assert len(find_islands(image)) == 1


def test_a_ground_that_is_not_of_one_colour_is_none():
    ramp = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None], 256, 0)
    image = Image.fromarray(ramp).convert("RGBX")
    ImageDraw.Draw(image).ellipse((100, 100, 140, 140), fill="red")
    assert find_islands(image) == ()


def test_drawings_are_told_from_photographs():
    assert islands.drawn(drawing().convert("RGBX"))
    assert not islands.drawn(photograph("coffee", 512).convert("RGBX"))
