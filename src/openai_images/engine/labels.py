"""Connected regions of a plane of classes, their boxes, areas and outlines.

Worked out on runs, the stretches of equal class in a row, of which there are far fewer than pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .pixels import Bools, Ints


@dataclass(frozen=True)
class Regions:
    """The 4-connected regions of a plane.

    numbers: (height, width), the region of each pixel, 0, 1, ... All others have one entry per
    region, in pixels: its box (last row and column included), area, length of outline (the rim of
    the plane is none) and class.
    """

    numbers: Ints
    top: Ints
    bottom: Ints
    left: Ints
    right: Ints
    area: Ints
    outline: Ints
    classes: Ints

    @property
    def height(self) -> Ints:
        return self.bottom - self.top + 1

    @property
    def width(self) -> Ints:
        return self.right - self.left + 1

    @classmethod
    def of(cls, classes: Ints | Bools, *, only_set: bool = False) -> Regions:
        """The regions of equal class of a (height, width) plane.

        only_set: of class 0 each run may be a region of its own. Of thin strokes on a wide ground
        this takes half the time.
        """
        height, width = classes.shape
        starts = np.ones((height, width), np.bool_)
        starts[:, 1:] = classes[:, 1:] != classes[:, :-1]
        run = np.cumsum(starts).reshape(height, width) - 1
        equal = classes[1:] == classes[:-1]
        joined = equal & (classes[1:] != 0) if only_set else equal
        pairs = np.stack([run[:-1][joined], run[1:][joined]], 1)
        begin = np.flatnonzero(starts)
        length = np.diff(np.append(begin, classes.size))
        region, count = numbered(groups(len(begin), pairs))
        row, column = np.divmod(begin, width)
        outline = np.bincount(run[:-1][~equal], minlength=len(begin))
        outline += np.bincount(run[1:][~equal], minlength=len(begin))
        outline += (column > 0) * 1 + (column + length < width) * 1

        def total(values: Ints) -> Ints:
            return np.bincount(region, values, count).astype(np.int64)

        first = np.zeros(count, np.int64)
        first[region] = begin
        return cls(
            numbers=region[run],
            top=_extreme(np.minimum, region, row, count),
            bottom=_extreme(np.maximum, region, row, count),
            left=_extreme(np.minimum, region, column, count),
            right=_extreme(np.maximum, region, column + length - 1, count),
            area=total(length),
            outline=total(outline),
            classes=classes.ravel()[first].astype(np.int64),
        )


def numbered(names: Ints) -> tuple[Ints, int]:
    """Names replaced by 0, 1, ..., and how many there are."""
    unique, numbers = np.unique(names, return_inverse=True)
    return numbers.reshape(names.shape), len(unique)


def _extreme(which: np.ufunc, region: Ints, values: Ints, count: int) -> Ints:
    start = np.iinfo(np.int64).max if which is np.minimum else -1
    extreme = np.full(count, start, np.int64)
    which.at(extreme, region, values)
    return extreme


def groups(count: int, pairs: Ints) -> Ints:
    """A group number for each of ``count`` items, joined directly or not by pairs (m, 2).

    The number is the least item of the group. Each round passes the least number along every pair
    and then shortens the way to it, so rounds grow with the logarithm of the longest chain.
    """
    numbers = np.arange(count)
    one, other = pairs[:, 0], pairs[:, 1]
    while True:
        left, right = numbers[one], numbers[other]
        apart = left != right
        if not apart.any():
            return numbers
        one, other = one[apart], other[apart]
        low, high = np.minimum(left[apart], right[apart]), np.maximum(left[apart], right[apart])
        np.minimum.at(numbers, high, low)
        while True:
            shorter = numbers[numbers]
            if np.array_equal(shorter, numbers):
                break
            numbers = shorter
