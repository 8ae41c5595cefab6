from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.engine import filters


def windows(plane, side):
    return np.lib.stride_tricks.sliding_window_view(plane, (side, side))


@given(st.integers(1, 5), st.integers(6, 12), st.integers(6, 12), st.integers(0, 99))
def test_box_sums_are_sums_over_boxes(side, height, width, seed):
    plane = np.random.default_rng(seed).integers(0, 9, (height, width))
    assert np.array_equal(filters.box_sum(plane, side), windows(plane, side).sum((-1, -2)))


@given(st.integers(1, 5), st.integers(6, 12), st.integers(6, 12), st.integers(0, 99))
def test_box_any_finds_a_set_pixel(side, height, width, seed):
    mask = np.random.default_rng(seed).random((height, width)) < 0.1
    assert np.array_equal(filters.box_any(mask, side), windows(mask, side).any((-1, -2)))


def test_dilation_grows_each_way_by_its_own_amount():
    mask = np.zeros((7, 7), bool)
    mask[3, 3] = True
    grown = np.argwhere(filters.dilate(mask, before=1, after=2))
    assert (grown.min(0).tolist(), grown.max(0).tolist()) == ([2, 2], [5, 5])


def test_blur_keeps_the_mean_and_spreads_a_point():
    plane = np.zeros((21, 21), np.float32)
    plane[10, 10] = 1
    blurred = filters.blur(plane, 1.5)
    assert blurred.sum() == pytest.approx(1, abs=1e-5)
    assert blurred[10, 10] < 0.2
    assert np.array_equal(blurred, blurred.T)


def test_local_variance_is_that_of_the_box():
    planes = np.random.default_rng(1).random((9, 9, 2)).astype(np.float32)
    box = planes[2:7, 3:8].reshape(-1, 2)
    assert filters.local_variance(planes, 5)[4, 5] == pytest.approx(box.var(0).mean(), rel=1e-4)


def test_a_flat_picture_has_no_variance():
    assert filters.local_variance(np.full((8, 8, 3), 0.7, np.float32), 5).max() < 1e-6


@pytest.mark.parametrize("which", [np.minimum, np.maximum])
def test_box_extremes_are_those_of_the_box_with_edges_repeated(which):
    plane = np.random.default_rng(2).integers(0, 255, (6, 9), np.uint8)
    padded = np.pad(plane, 2, mode="edge")
    expected = which.reduce(windows(padded, 5), axis=(-2, -1))
    assert np.array_equal(filters.box_extreme(plane, 5, which), expected)
