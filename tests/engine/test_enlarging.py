from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.enlarging import enlarge

from .pictures import drawing, photograph, sticker


def gradients(image):
    grey = np.asarray(image.convert("L"), float)
    return np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()


def error(one, other):
    apart = np.asarray(one.convert("RGB"), float) - np.asarray(other.convert("RGB"), float)
    return float(np.sqrt((apart**2).mean()))


@pytest.mark.parametrize("name", ["astronaut", "rocket", "coffee"])
def test_an_enlarged_photograph_is_sharper_than_bicubic_and_as_true(name):
    large = photograph(name, 256)
    small = large.resize((128, 128), Image.Resampling.LANCZOS)
    plain = small.resize((256, 256), Image.Resampling.BICUBIC)
    ours = enlarge(small.convert("RGBX"), 256)
    assert ours.size == (256, 256)
    assert 1.08 * gradients(plain) < gradients(ours) < 1.1 * gradients(large)
    assert error(large, ours) < 1.15 * error(large, plain)


def test_an_edge_becomes_steeper_without_ringing():
    image = Image.new("RGBX", (512, 512), (40, 40, 40, 255))
    image.paste((200, 200, 200, 255), (260, 0, 512, 512))
    image = image.resize((64, 64), Image.Resampling.BICUBIC)
    row = np.asarray(enlarge(image, 256))[128, :, 0].astype(int)
    plain = np.asarray(image.resize((256, 256), Image.Resampling.BICUBIC))[128, :, 0].astype(int)
    assert np.abs(np.diff(row)).max() > 1.15 * np.abs(np.diff(plain)).max()
    assert row.min() >= plain.min() - 4
    assert row.max() <= plain.max() + 4


def test_one_colour_stays_and_alpha_goes_along():
    flat = enlarge(Image.new("RGBX", (64, 64), (10, 200, 90, 77)), 130)
    assert flat.getextrema() == ((10, 10), (200, 200), (90, 90), (77, 77))


@pytest.mark.parametrize("image", [photograph("rocket", 128), drawing(128), sticker(128)])
def test_a_source_enlarges_what_is_small(image):
    source = Source(image)
    assert source.at(512, 1.0).size == (512, 512)
    plain = source.image.resize((512, 512), Image.Resampling.BICUBIC)
    assert gradients(source.at(512, 1.0)) > gradients(plain)
