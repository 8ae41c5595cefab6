"""How much of an arrangement looks other than one shift of the picture would, seen coarsely.

What is exchanged for its like has moved, and yet nobody sees it: so of the arrangements that move
much and cost little, those are wanted that also look changed.
"""

from __future__ import annotations

import numpy as np

from ..pixels import Floats, Ints, luma
from ..saliency import whole_numbers
from .judging import GRAIN, GRAINS
from .sheet import Sheet

NEAR = 3
"""Grains within which what a shift would show counts as still there."""
BEYOND = 4
"""Grains by which a shift may lead out of the canvas."""
WINDOW = 5
"""Grains a side that are compared at once."""
UNEXPLAINED = 0.5
"""Share of the variance of a window from which it looks other."""
FLAT, LIVELY = 0.02**2, 0.03**2
"""Variance (of brightness 0..1) that does not show, and from which something is in a window."""


def changed(sheet: Sheet, index: Ints) -> Floats:
    """Share of each arrangement's lively windows that the shift most like it leaves unexplained.

    index: what stands at each cell, as in `Sheet.index`, (n, 64, 64). Returns (n,).
    """
    canvas = _grains(sheet.cells.colours[None, ..., :3])[0]
    canvas = np.pad(canvas, ((BEYOND, BEYOND), (BEYOND, BEYOND), (0, 0)), mode="edge")
    both = np.stack([canvas, canvas[:, ::-1]])
    shown = _grains(sheet.cells.colours[..., :3].reshape(-1, 3)[index % sheet.side**2])
    expected = _expected(both, shown)
    least = np.full((len(index), *(GRAINS - WINDOW + 1,) * 2), np.inf, np.float32)
    for down in range(2 * NEAR + 1):
        for right in range(2 * NEAR + 1):
            there = expected[:, down : down + GRAINS, right : right + GRAINS]
            np.minimum(least, _windows(((there - shown) ** 2).sum(-1)), out=least)
    area = WINDOW * WINDOW
    squares = np.stack([_windows(shown[..., channel]) ** 2 for channel in range(3)])
    variance = _windows((shown * shown).sum(-1)) - squares.sum(0) / area
    lively = variance > 3 * area * LIVELY
    other = (least > UNEXPLAINED * (variance + 3 * area * FLAT)) & lively
    share: Floats = other.sum((1, 2)) / np.maximum(lively.sum((1, 2)), 1)
    return share


def _grains(colours: Floats) -> Floats:
    """Means over grains of (n, height, width, 3)."""
    count, height, width, _ = colours.shape
    shape = count, height // GRAIN, GRAIN, width // GRAIN, GRAIN, 3
    means: Floats = colours.reshape(shape).mean((2, 4))
    return means


def _expected(both: Floats, shown: Floats) -> Floats:
    """What the shift that correlates best with each arrangement shows, ``NEAR`` more on each side.

    both: the canvas and its mirror image.
    """
    views = np.lib.stride_tricks.sliding_window_view(luma(both), (GRAINS, GRAINS), axis=(1, 2))
    shape = views.shape[:3]
    fit = _normalised(luma(shown)) @ _normalised(views.reshape(-1, GRAINS, GRAINS)).T
    mirrored, down, right = np.unravel_index(fit.argmax(1), shape)
    padded = np.pad(both, ((0, 0), (NEAR, NEAR), (NEAR, NEAR), (0, 0)), mode="edge")
    around = np.arange(GRAINS + 2 * NEAR)
    rows, columns = down[:, None] + around, right[:, None] + around
    found: Floats = padded[mirrored[:, None, None], rows[:, :, None], columns[:, None]]
    return found


def _normalised(planes: Floats) -> Floats:
    """Each plane as a row of whole numbers, of mean 0 and of one length."""
    rows = planes.reshape(len(planes), -1)
    rows = rows - rows.mean(1, keepdims=True)
    rows /= np.maximum(np.sqrt((rows * rows).sum(1, keepdims=True)), 1e-6)
    return whole_numbers(rows)[0]


def _windows(planes: Floats) -> Floats:
    """Sums over all windows of (n, rows, columns)."""
    for axis in (1, 2):
        views = np.lib.stride_tricks.sliding_window_view(planes, WINDOW, axis=axis)
        planes = views.sum(-1)
    return planes
