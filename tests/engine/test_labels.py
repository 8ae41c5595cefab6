from __future__ import annotations

from collections import deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from openai_images.engine.labels import Regions, groups


def flooded(classes):
    """Region numbers by plain flood fill."""
    numbers = np.full(classes.shape, -1)
    count = 0
    for start in np.ndindex(classes.shape):
        if numbers[start] >= 0:
            continue
        numbers[start] = count
        edge = deque([start])
        while edge:
            y, x = edge.popleft()
            for place in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                inside = 0 <= place[0] < classes.shape[0] and 0 <= place[1] < classes.shape[1]
                if inside and numbers[place] < 0 and classes[place] == classes[start]:
                    numbers[place] = count
                    edge.append(place)
        count += 1
    return numbers, count


def partition(numbers):
    """Numbers renamed by first appearance."""
    _, first, inverse = np.unique(numbers, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[inverse].reshape(numbers.shape)


@given(st.integers(1, 14), st.integers(1, 14), st.integers(1, 3), st.integers(0, 999))
def test_regions_are_those_of_a_flood_fill(height, width, kinds, seed):
    classes = np.random.default_rng(seed).integers(0, kinds, (height, width))
    numbers, count = flooded(classes)
    regions = Regions.of(classes)
    assert np.array_equal(partition(regions.numbers), partition(numbers))
    assert len(regions.area) == count
    for number in range(count):
        mask = regions.numbers == number
        rows, columns = np.nonzero(mask)
        box = [rows.min(), rows.max(), columns.min(), columns.max()]
        found = [regions.top, regions.bottom, regions.left, regions.right]
        assert [int(values[number]) for values in found] == box
        assert regions.area[number] == mask.sum()
        assert regions.classes[number] == classes[mask][0]
        rim = np.pad(classes * 1, 1, mode="edge")
        ways = [rim[:-2, 1:-1], rim[2:, 1:-1], rim[1:-1, :-2], rim[1:-1, 2:]]
        assert regions.outline[number] == sum(int((way != classes)[mask].sum()) for way in ways)


def test_a_spiral_is_one_region():
    spiral = np.zeros((41, 41), bool)
    y = x = 20
    for length in range(1, 20):
        for dy, dx in ((0, 1), (1, 0)) if length % 2 else ((0, -1), (-1, 0)):
            for _ in range(2 * length):
                spiral[y, x] = True
                y, x = min(max(y + dy, 0), 40), min(max(x + dx, 0), 40)
    regions = Regions.of(spiral)
    assert (regions.classes == 1).sum() == 1


def test_height_and_width_count_the_last_pixel():
    regions = Regions.of(np.ones((3, 5), bool))
    assert (regions.height[0], regions.width[0], regions.outline[0]) == (3, 5, 0)


def test_groups_join_chains():
    pairs = np.array([[0, 1], [3, 2], [1, 2], [5, 6]])
    assert groups(8, pairs).tolist() == [0, 0, 0, 0, 4, 5, 5, 7]


def test_without_pairs_each_is_alone():
    assert groups(3, np.empty((0, 2), int)).tolist() == [0, 1, 2]
