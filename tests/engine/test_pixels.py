from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import pixels


def test_a_picture_survives_packing():
    rgba = np.random.default_rng(0).integers(0, 256, (5, 7, 4), dtype=np.uint8)
    packed = pixels.pack_bytes(rgba)
    assert packed.shape == (5, 7)
    assert np.array_equal(pixels.unpack(packed), rgba)
    assert np.array_equal(pixels.pack_image(pixels.to_image(packed)), packed)


def test_an_opaque_picture_has_a_full_fourth_byte():
    packed = pixels.pack_image(Image.new("RGB", (2, 2), (1, 2, 3)).convert("RGBX"))
    assert pixels.unpack(packed)[0, 0].tolist() == [1, 2, 3, 255]


def test_resizing_does_not_premultiply():
    """The colour below alpha 0 counts: it is the matte."""
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[..., 0] = 200
    small = pixels.to_image(pixels.pack_bytes(rgba)).resize((2, 2), Image.Resampling.LANCZOS)
    assert np.asarray(small)[..., 0].tolist() == [[200, 200], [200, 200]]


def test_colours_are_fractions():
    rgb = pixels.to_rgb(pixels.pack_image(Image.new("RGB", (1, 1), (255, 0, 51)).convert("RGBX")))
    assert rgb.dtype == np.float32
    assert rgb[0, 0].tolist() == pytest.approx([1, 0, 0.2])


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_luma_of_grey_is_grey(level):
    assert pixels.luma(np.full((2, 2, 3), level, np.float32)) == pytest.approx(level, abs=1e-6)


def test_a_plane_is_resized():
    assert pixels.resize_plane(np.full((4, 4), 0.3), 6, 9) == pytest.approx(np.full((6, 9), 0.3))
