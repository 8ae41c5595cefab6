from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine.bodies import find_bodies, merged, neighbours

SIDE = 64
Y, X = np.mgrid[:SIDE, :SIDE]
DOG = ((abs(X - 32) < 16) & (abs(Y - 30) < 6)) | ((abs(abs(X - 32) - 13) < 3) & (abs(Y - 40) < 8))
GRASS, WHITE = (70, 120, 50), (220, 215, 205)


def bodies(*things, ground=GRASS, noise=12, contrast=1.0):
    """What is found of a picture with things, each a mask and a colour, painted on its ground."""
    picture = np.empty((SIDE, SIDE, 3))
    picture[:] = ground
    for mask, colour in things:
        picture[mask] = colour
    picture += np.random.default_rng(3).normal(0, noise, picture.shape)
    picture = 128 + contrast * (picture - 128)
    pixels = np.dstack([np.clip(picture, 0, 255), np.full((SIDE, SIDE), 255)]).astype(np.uint8)
    return find_bodies(Image.fromarray(pixels, "RGBA"), SIDE)


@pytest.mark.parametrize("contrast", [1.0, 0.4])
def test_a_white_dog_on_grass_is_found_whole(contrast):
    found = bodies((DOG, WHITE), contrast=contrast)
    assert found[DOG].mean() > 0.95
    assert found[~DOG].mean() < 0.02


@pytest.mark.parametrize(
    "ground", [Y < 20, Y > 40, abs(Y - 30) < 8, (abs(Y - 30) < 5) & (X > 8), X * 0 == 0]
)
def test_sky_fields_and_layers_are_no_bodies(ground):
    assert not bodies((ground, WHITE)).any()


def test_what_is_found_again_elsewhere_is_none():
    beside = (abs(X - 32) < 12) & (abs(Y - 56) < 4)
    assert not bodies((DOG, WHITE), (beside, WHITE)).any()


def test_what_hardly_differs_from_its_surroundings_is_none():
    assert not bodies((DOG, (95, 145, 75)), (Y < 12, WHITE)).any()


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_what_the_frame_cuts_must_stand_out_more(seed):
    """Rough, so that only three of its deviations lie between it and the ground."""
    rough = np.random.default_rng(seed).normal(120, 31, (SIDE, SIDE, 1)).repeat(3, -1)
    free = (abs(X - 32) < 14) & (abs(Y - 32) < 14)
    cut = (X < 28) & (abs(Y - 32) < 14)
    assert bodies((free, rough[free]), ground=(60, 60, 60), noise=6)[free].mean() > 0.9
    assert not bodies((cut, rough[cut]), ground=(60, 60, 60), noise=6).any()


def test_regions_are_joined_unless_they_differ_by_more_than_chance():
    cells = np.random.default_rng(1).normal(0.4, 0.03, (SIDE, SIDE, 3)).astype(np.float32)
    cells[DOG] += 0.4
    regions, count = merged(cells, neighbours(cells), 48.0)
    assert count == 2
    assert len(np.unique(regions[DOG])) == 1
    assert len(np.unique(regions)) == 2
    assert set(np.unique(regions)) == {0, 1}


def test_the_more_complex_a_picture_may_be_the_finer_its_regions():
    cells = np.random.default_rng(1).uniform(0, 1, (SIDE, SIDE, 3)).astype(np.float32)
    pairs = neighbours(cells)
    counts = [merged(cells, pairs, complexity)[1] for complexity in (1.0, 32.0, 1000.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]
