"""Tests of to_png and png_smaller_than."""

import numpy as np
import pytest
from PIL import Image, ImageChops

from openai_images.pictures import to_png
from openai_images.pictures.encode import png_smaller_than

from .conftest import decoded, scene


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
