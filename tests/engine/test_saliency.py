from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.engine import saliency
from openai_images.engine.pixels import pack_bytes


def packed(grey):
    rgba = np.repeat(np.asarray(grey, np.uint8)[..., None], 4, -1)
    rgba[..., 3] = 255
    return pack_bytes(rgba)


def stripes(side=64, period=4):
    return np.tile((np.arange(side) // (period // 2) % 2 * 255).astype(np.uint8), (side, 1))


def test_cells_hold_the_mean_colour_and_the_variance_inside():
    grey = np.zeros((8, 8), np.uint8)
    grey[:4, :4] = 255
    grey[:4, 4:6] = 255
    cells = saliency.describe(packed(grey), 4)
    assert cells.colour.shape == (2, 2, 3)
    assert cells.colour[0, 0].tolist() == pytest.approx([1, 1, 1])
    assert cells.colour[0, 1].tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert cells.variance[0, 1] == pytest.approx(0.25)
    assert cells.variance[0, 0] == pytest.approx(0, abs=1e-6)


def test_energies_tell_directions_apart():
    upright = saliency.describe(packed(stripes()), 4).energy[4, 4]
    level = saliency.describe(packed(stripes().T), 4).energy[4, 4]
    assert upright[0] > 2 * upright[1]
    assert level[1] > 2 * level[0]


def test_a_mirrored_picture_has_mirrored_energies():
    noise = np.random.default_rng(2).integers(0, 256, (64, 64), dtype=np.uint8)
    straight = saliency.describe(packed(noise), 4).energy
    mirrored = saliency.describe(packed(noise[:, ::-1]), 4).energy
    expected = straight[:, ::-1][..., saliency.MIRRORED_ENERGIES]
    inner = (slice(4, -4), slice(4, -4))
    assert mirrored[inner] == pytest.approx(expected[inner], abs=0.06)


def test_noise_in_a_uniform_picture_is_not_blown_up():
    grey = np.random.default_rng(0).integers(127, 130, (64, 64), dtype=np.uint8)
    cells = saliency.describe(packed(grey), 4)
    colour, _ = saliency.normalise(cells, np.ones((16, 16), bool))
    assert colour.std(0).max() < 0.01


def test_what_is_found_once_is_conspicuous():
    grey = stripes(256)
    grey[112:144, 112:144] = 128
    cells = saliency.describe(packed(grey), 4)
    known = np.ones((64, 64), bool)
    features = np.concatenate(saliency.normalise(cells, known), -1)
    seen = saliency.conspicuousness(features, known, 64)
    assert seen.shape == (64, 64)
    assert seen[32, 32] > 0.2
    assert seen[32, 32] > 10 * abs(seen[10, 10])


def test_unknown_places_are_not_compared_with():
    features = np.zeros((32, 32, 2), np.float32)
    features[:, :16] = 3
    known = np.zeros((32, 32), bool)
    known[:, 16:] = True
    seen = saliency.conspicuousness(features, known, 32)
    assert seen[16, 28] == pytest.approx(0, abs=0.1)
    assert seen[16, 3] > 1


@given(st.integers(0, 50), st.integers(1, 40), st.floats(1e-3, 1e3))
def test_whole_numbers_have_exact_products(seed, count, scale):
    vectors = np.random.default_rng(seed).normal(0, scale, (count, 275)).astype(np.float32)
    whole, unit = saliency.whole_numbers(vectors)
    assert np.array_equal(whole, np.round(whole))
    assert np.abs(whole * unit - vectors).max() <= 0.51 * unit
    assert np.array_equal(whole @ whole.T, (whole.astype(int) @ whole.astype(int).T))


def test_whole_numbers_of_nothing_are_nothing():
    whole, unit = saliency.whole_numbers(np.zeros((3, 4), np.float32))
    assert not whole.any()
    assert unit > 0
