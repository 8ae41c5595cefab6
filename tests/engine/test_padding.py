from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source, variation
from openai_images.engine.padding import unpadded

from .pictures import drawing, photograph, poster, sticker


def padded(image, bar, colour="white", turned=False):
    """The middle of a picture between two bars."""
    image = image.copy()
    image.paste(colour, (0, 0, image.width, bar))
    image.paste(colour, (0, image.height - bar, image.width, image.height))
    return image.rotate(90) if turned else image


def jpeg(image):
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return Image.open(file).convert("RGB")


@pytest.mark.parametrize("colour", ["white", "black"])
@pytest.mark.parametrize("turned", [False, True])
def test_what_lies_between_bars_is_taken(colour, turned):
    photo = photograph("rocket", 256)
    inner = unpadded(jpeg(padded(photo, 40, colour, turned)))
    wanted = photo.crop((40, 40, 216, 216)).rotate(90 if turned else 0)
    assert abs(inner.width - 176) <= 8
    shown = np.asarray(inner.resize((44, 44)), float) - np.asarray(wanted.resize((44, 44)), float)
    assert np.abs(shown).mean() < 6


def test_bars_that_are_part_of_the_picture_stay():
    photo = photograph("rocket", 256)
    one = photo.copy()
    one.paste("white", (0, 0, 256, 40))
    uneven = padded(photo, 40)
    uneven.paste("white", (0, 190, 256, 256))
    two_colours = padded(photo, 40)
    two_colours.paste("black", (0, 216, 256, 256))
    framed = padded(padded(photo, 40, turned=True), 40)
    flat = Image.new("RGB", (256, 256), "white")
    for image in (photo, one, uneven, two_colours, framed, flat, drawing(), poster(), sticker()):
        assert unpadded(image) is image


@pytest.mark.parametrize("strength", [0.5, 0.9])
def test_no_bar_shows_in_a_variation(strength):
    source = Source(padded(photograph("rocket", 512), 80))
    for index in range(2):
        made = np.asarray(variation(source, 256, seed=3, index=index, strength=strength))
        assert (made[[0, -1]] > 240).all(-1).mean() < 0.1
