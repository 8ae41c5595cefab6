from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.swap.parameters import SwapParameters

BUSY = np.random.default_rng(0).random(4096)


@pytest.mark.parametrize("name", ["likeness", "subject", "share", "seam", "largest", "tries"])
def test_more_strength_allows_more(name):
    weak, strong = SwapParameters.of(0.3, BUSY), SwapParameters.of(0.8, BUSY)
    assert getattr(weak, name) <= getattr(strong, name)
    assert getattr(SwapParameters.of(0.0, BUSY), name) <= getattr(weak, name)


@pytest.mark.parametrize("name", ["context", "doubling", "crowding"])
def test_more_strength_asks_less(name):
    assert getattr(SwapParameters.of(0.3, BUSY), name) > getattr(SwapParameters.of(0.8, BUSY), name)


def test_without_strength_nothing_is_exchanged():
    assert SwapParameters.of(0.0, BUSY).share == 0


def test_uniform_ground_is_exchanged_more_freely():
    even = np.full(4096, 0.03)
    free, bound = SwapParameters.of(0.5, even), SwapParameters.of(0.5, BUSY)
    assert free.likeness > bound.likeness
    assert free.distance > bound.distance
    assert free.share > bound.share
