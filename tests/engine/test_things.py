from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.things import find_things

from .pictures import photograph


def features(plane):
    """Eleven channels, of which one shows a plane (64, 64)."""
    result = np.zeros((64, 64, 11), np.float32)
    result[..., 0] = plane
    return result


@pytest.fixture
def disc():
    y, x = np.mgrid[:64, :64]
    return (np.hypot(y - 30, x - 34) < 9).astype(np.float32)


def test_what_is_set_apart_from_the_border_is_a_thing(disc):
    things, any_things = find_things(features(disc), 0.02 + disc)
    assert any_things
    assert things.shape == (64, 64)
    assert things[disc > 0].mean() > 0.8
    assert things[:, :15].max() == 0


def test_what_is_not_conspicuous_is_none(disc):
    things, any_things = find_things(features(disc), np.full((64, 64), 0.1, np.float32))
    assert not any_things
    assert things.max() == 0


def test_a_band_across_the_picture_is_ground():
    band = np.zeros((64, 64), np.float32)
    band[20:40] = 1
    things, _ = find_things(features(band), 0.02 + 0.2 * band)
    assert things[28:32, 20:44].max() < 0.75


@pytest.mark.parametrize("name", ["brick", "gravel", "grass"])
def test_textures_have_no_things(name):
    assert not Source(photograph(name, 512)).has_things


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket"])
def test_pictures_of_something_have(name):
    source = Source(photograph(name, 512))
    assert source.has_things
    assert source.things.max() > 0.9
    assert source.things.min() == 0
