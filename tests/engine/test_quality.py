"""Variations keep every bound; each trick breaks one."""

from __future__ import annotations

import numpy as np
import pytest

from .bounds import BOUNDS, TRICKS, first_broken
from .pictures import batch, photograph

CASES = [(bound, picture) for bound in BOUNDS for picture in bound.pictures]


@pytest.mark.parametrize(
    ("bound", "picture"), CASES, ids=[f"{bound.name}-{picture}" for bound, picture in CASES]
)
def test_variations_keep_every_bound(bound, picture):
    measured = bound.measure(photograph(picture), batch(picture))
    assert bound.least <= measured <= bound.most


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_each_trick_breaks_a_bound(trick):
    def make(picture):
        rng = np.random.default_rng(3)
        source = photograph(picture)
        return source, tuple(trick(source, rng) for _ in range(4))

    assert first_broken(make)
