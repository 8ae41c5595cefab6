"""Where a picture carries lettering, which must be neither mirrored nor exchanged.

Letters are thin strokes of even height that stand in rows on a common line: connected components of
strong local contrast, filtered by shape and chained to rows (the geometric half of the method of
Epshtein, Ofek, Wexler, "Detecting text in natural scenes with stroke width transform", CVPR 2010).
It finds horizontal rows of print of four letters and more, light or dark; not handwriting in curves
nor rows that climb steeply, nor letters on a ground that is busy itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PIL import Image

from . import handwriting
from .filters import blur, dilate
from .labels import Regions, groups
from .pixels import Bools, Floats, Ints, luma, pack_image, to_rgb

SIDE = 512
"""Pixels a side at which letters are looked for."""
LEAST_HEIGHT, MOST_HEIGHT = 6, 110
"""Heights of a letter, in those pixels."""
CONTRAST = 0.09
"""How much lighter or darker than its surroundings (brightness 0..1) a stroke must be."""
CLARITY = 2.1
"""How far ink and ground must be apart, in the sum of their spreads."""


class Kind(NamedTuple):
    """Bounds of a row of letters.

    purity: least share that its letters have of all strokes in its box. busy: how much the ground
    between them may spread at most, apart from shading, of what ink and ground are apart.
    """

    purity: float
    busy: float


PRINTED = Kind(purity=0.8, busy=0.13)
"""The ground of print on signs and the side of a bus is busy by up to 0.12; of seventy rows of
leaves, branches, arcades and windows that passed for print, half are by more."""
WRITTEN = Kind(purity=0.5, busy=0.085)
"""Between words written by hand stand letters that are not joined. Their ground is busy by up to
0.081; of 115 strokes of glitter on water, leaves, fur and gravel one in ten by less."""
BLOCK = 256
"""Letters compared with all others at a time, to bound memory."""
LETTERS = 4
"""Letters in a row from which it counts as lettering."""


def lettering(image: Image.Image, cells: int) -> Bools:
    """Which of cells x cells cells of a square picture (RGBX) lie in rows of letters."""
    side = min(SIDE, max(128, image.width))
    grey = luma(to_rgb(pack_image(image.resize((side, side), Image.Resampling.LANCZOS))))
    mask = np.zeros((cells, cells), np.bool_)
    for spread in (6.0, 16.0):
        relief = grey - blur(grey, spread)
        for strokes in (relief < -CONTRAST, relief > CONTRAST):
            regions = Regions.of(strokes, only_set=True)
            _mark_rows(mask, regions, strokes, grey)
            for row in handwriting.rows(handwriting.words(regions), regions):
                _mark(mask, regions, row, strokes, grey, WRITTEN)
    return mask


def _mark_rows(mask: Bools, regions: Regions, strokes: Bools, grey: Floats) -> None:
    """Set the cells of all rows of letters among the regions, with some room around them."""
    letters = _letter_like(regions)
    numbers = groups(len(letters), _neighbours(regions, letters))
    for number, size in zip(*np.unique(numbers, return_counts=True), strict=True):
        row = letters[numbers == number]
        if size >= LETTERS and _stands_on_a_line(regions, row):
            _mark(mask, regions, row, strokes, grey, PRINTED)


def _mark(
    mask: Bools, regions: Regions, row: Ints, strokes: Bools, grey: Floats, kind: Kind
) -> None:
    """Set the cells of a row of regions, if it is ink on a ground and little else is in its box."""
    scale = len(mask) / len(grey)
    top, bottom = regions.top[row].min(), regions.bottom[row].max() + 1
    left, right = regions.left[row].min(), regions.right[row].max() + 1
    box = (slice(top, bottom), slice(left, right))
    ink = np.isin(regions.numbers[box], row)
    ground = ~dilate(strokes[box], 1, 1)
    if ink.sum() < kind.purity * strokes[box].sum():
        return
    if not _stands_out(grey[box], ink, ground, kind.busy):
        return
    room = 0.3 * float(np.median(regions.height[row]))
    rows = slice(max(0, int((top - room) * scale)), int(np.ceil((bottom + room) * scale)))
    columns = slice(max(0, int((left - room) * scale)), int(np.ceil((right + room) * scale)))
    mask[rows, columns] = True


def _stands_out(grey: Floats, ink: Bools, ground: Bools, busy: float) -> bool:
    """Whether the ink of a row has one brightness, and the ground between another."""
    if ink.sum() < 16 or ground.sum() < 16:
        return False
    apart = abs(float(np.median(grey[ink])) - float(np.median(grey[ground])))
    clear = apart > CLARITY * (_spread(grey[ink]) + _spread(grey[ground]))
    return apart > 0.15 and clear and _spread(_unshaded(grey, ground)) <= busy * apart


def _unshaded(grey: Floats, ground: Bools) -> Floats:
    """How far each place of a ground is from the plane that fits its brightness best."""
    rows, columns = np.nonzero(ground)
    plane = np.stack([np.ones(len(rows)), rows, columns], 1)
    brightness = grey[ground]
    off: Floats = brightness - plane @ np.linalg.lstsq(plane, brightness, rcond=None)[0]
    return off


def _spread(values: Floats) -> float:
    """Half the range of the middle two thirds: a standard deviation that outliers leave alone."""
    low, high = np.percentile(values, [17, 83])
    return float(high - low) / 2


def _letter_like(regions: Regions) -> Ints:
    """Numbers of the regions that could be a letter, or a few that touch."""
    height, width = regions.height, regions.width
    fill = regions.area / (height * width)
    thickness = 2 * regions.area / np.maximum(regions.outline, 1)
    return np.flatnonzero(
        (regions.classes == 1)
        & (height >= LEAST_HEIGHT)
        & (height <= MOST_HEIGHT)
        & (width <= 4 * height)
        & (fill > 0.12)
        & ((fill < 0.95) | (width < 0.35 * height))
        & (thickness < 0.34 * height + 0.8)
        & (thickness > 0.085 * height - 0.3)
    )


def _neighbours(regions: Regions, letters: Ints) -> Ints:
    """Pairs (m, 2), indices into letters, of letters that stand side by side in one row."""
    found = [np.empty((0, 2), np.int64)]
    for start in range(0, len(letters), BLOCK):
        pairs = _pairs(regions, letters[start : start + BLOCK], letters)
        found.append(pairs + np.array([start, 0]))
    return np.concatenate(found)


def _pairs(regions: Regions, some: Ints, others: Ints) -> Ints:
    """Pairs (m, 2), indices into some and others, of which the second follows the first."""
    bottom = np.minimum(regions.bottom[some][:, None], regions.bottom[others])
    overlap = bottom - np.maximum(regions.top[some][:, None], regions.top[others]) + 1
    one, other = regions.height[some][:, None], regions.height[others]
    tallest, lowest = np.maximum(one, other), np.minimum(one, other)
    left = regions.left[others]
    gap = left - regions.right[some][:, None]
    beside = (left > regions.left[some][:, None]) & (gap < 0.5 * tallest) & (gap > -0.3 * tallest)
    return np.argwhere(beside & (overlap > 0.5 * lowest) & (tallest < 2.1 * lowest))


def _stands_on_a_line(regions: Regions, row: Ints) -> bool:
    """Whether most letters of a row end on one straight line, and the row is longer than high."""
    height = float(np.median(regions.height[row]))
    middle = (regions.left[row] + regions.right[row]) / 2
    if float(np.ptp(middle)) < 2 * height:
        return False
    slope = np.polyfit(middle, regions.bottom[row], 1)[0]
    bottom = regions.bottom[row] - slope * middle
    depth = np.ptp(bottom) + height
    if abs(slope) > 0.3 or depth > 2.2 * height:
        return False
    off = np.abs(bottom - np.median(bottom))
    return bool((off <= max(1.0, 0.08 * height)).mean() >= 0.6)
