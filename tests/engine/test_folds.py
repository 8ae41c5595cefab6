from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from openai_images.engine import Source, variation
from openai_images.engine.folds import PLAIN, unfolded
from openai_images.engine.pixels import pack_image

from .pictures import photograph


def seen(image):
    return unfolded(pack_image(image.convert("RGBX").resize((128, 128), Image.Resampling.LANCZOS)))


def ground(side=256):
    """Grass, so to say: noise in green, soft enough to be resampled."""
    noise = np.random.default_rng(3).normal(0, 1, (side // 4, side // 4, 1)) * [8, 14, 8]
    image = Image.fromarray(np.clip(noise + np.array([60, 120, 50]), 0, 255).astype(np.uint8))
    return image.resize((side, side), Image.Resampling.BICUBIC)


def with_stem():
    """A stem that climbs from the lower border."""
    image = ground()
    ImageDraw.Draw(image).line((70, 256, 190, 90), fill="#e8e0c0", width=9)
    return image


def with_saucer():
    """A saucer that the left border cuts."""
    image = ground()
    ImageDraw.Draw(image).ellipse((-70, 90, 90, 220), fill="#f4f0e8", outline="#402010", width=8)
    return image


def mirrored_outwards(image, strip):
    pixels = np.asarray(image)
    return Image.fromarray(np.pad(pixels[:-strip], ((0, strip), (0, 0), (0, 0)), mode="reflect"))


@pytest.mark.parametrize("strip", [11, 14, 17, 20])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_strip_mirrored_outwards_is_a_fold(strip, turn):
    assert seen(mirrored_outwards(with_stem(), strip).rotate(turn)) < PLAIN


@pytest.mark.parametrize("image", [with_stem(), with_saucer(), photograph("rocket")])
def test_a_stem_a_saucer_and_a_photograph_have_none(image):
    assert seen(image) > PLAIN


def test_what_is_flat_or_striped_along_the_border_has_none():
    assert seen(Image.new("RGB", (128, 128), "grey")) == np.inf
    striped = ground()
    ImageDraw.Draw(striped).line((0, 244, 256, 244), fill="white", width=6)
    assert seen(striped) > PLAIN


@pytest.mark.parametrize("image", [with_stem(), with_saucer()])
def test_what_the_border_cuts_is_not_mirrored_there(image):
    source = Source(image)
    for index in range(4):
        for strength in (0.5, 0.9):
            made = variation(source, 256, seed=2, index=index, strength=strength)
            assert seen(made) > PLAIN, (index, strength)
