from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.engine.swap.cutting import (
    BEND,
    OUTSIDE,
    Polar,
    closed_path,
    path_costs,
    trace,
    traces,
    worst_stretch,
)


@given(st.integers(24, 60), st.integers(3, 12), st.integers(0, 999))
def test_a_path_is_closed_and_never_jumps(angles, radii, seed):
    error = np.random.default_rng(seed).random((angles, radii)).astype(np.float32)
    path = closed_path(error)
    assert path.shape == (angles,)
    assert path.min() >= 0
    assert path.max() < radii
    assert np.abs(np.diff(path, append=path[0])).max() <= 1


@given(st.integers(0, 999))
def test_a_free_channel_is_followed(seed):
    rng = np.random.default_rng(seed)
    error = np.ones((48, 9), np.float32)
    walk = np.clip(4 + np.cumsum(rng.integers(-1, 2, 24)), 0, 8)
    channel = np.concatenate([walk, walk[::-1]])
    error[np.arange(48), channel] = 0
    path = closed_path(error)
    assert error[np.arange(48), path].mean() < 0.15


def test_the_cut_goes_around_what_it_must_not_cut():
    error = np.zeros((80, 80), np.float32)
    error[38:42, 60:] = 5
    error[38:42, 50:60] = 0.1
    polar = Polar.ring((40, 40), 20, 35)
    sampled = polar.sample(error)
    path = closed_path(sampled)
    assert polar.radii[path[0]] < 21
    assert worst_stretch(sampled, path) < 1


def test_beyond_the_rim_a_cut_is_free():
    sampled = Polar.ring((0, 0), 10, 15).sample(np.ones((40, 40), np.float32))
    assert sampled.min() == np.float32(OUTSIDE)
    assert sampled.max() == 1


def test_a_circle_encloses_its_inside():
    polar = Polar.ring((30, 30), 20, 28)
    path = np.full(polar.angles, 9)
    rows, columns = np.mgrid[:61, :61]
    assert polar.radius_at(path, rows, columns) == pytest.approx(polar.radii[9])


def test_the_worst_stretch_is_that_of_the_worst_places():
    error = np.zeros((50, 2), np.float32)
    error[7:9, 0] = 3
    assert worst_stretch(error, np.zeros(50, int)) == 3
    assert worst_stretch(error, np.ones(50, int)) == 0


@given(st.integers(0, 999))
def test_open_paths_of_many_errors_are_found_at_once(seed):
    errors = np.random.default_rng(seed).random((3, 20, 7)).astype(np.float32)
    together = path_costs(errors)
    for error, costs in zip(errors, together, strict=True):
        assert np.array_equal(path_costs(error), costs)
        end = int(costs[-1, 1:-1].argmin())
        path = trace(costs, end)
        assert np.array_equal(traces(costs[None], np.array([end])), path[None])
        turns = BEND * (np.diff(path) != 0).sum()
        assert error[np.arange(20), path].sum() + turns == pytest.approx(costs[-1, end + 1])
