"""How much of an arrangement looks other than one shift of the picture would, seen coarsely.

What is exchanged for its like has moved, and yet nobody sees it: so of the arrangements that move
much and cost little, those are wanted that also look changed.
"""

from __future__ import annotations

import numpy as np

from ..filters import box_sum
from ..pixels import Floats, Ints
from .sheet import CELLS, Sheet

BLOCK = 4
"""Cells a side that are seen as one colour."""
BLOCKS = CELLS // BLOCK
NEAR = 2
"""Blocks within which what a shift would show counts as still there."""
WINDOW = 3
"""Blocks a side that are compared at once."""
UNEXPLAINED = 0.5
"""Share of the variance of a window from which it looks other."""
FLAT, LIVELY = 0.02**2, 0.03**2
"""Variance (of brightness 0..1) that does not show, and from which something is in a window."""


def changed(sheet: Sheet, index: Ints, column: Ints, way: Ints) -> Floats:
    """Share of each arrangement's lively windows that its most common shift leaves unexplained.

    index: what stands at each cell, as in `Sheet.index`, (n, 64, 64). column, way: of that shift,
    as in `Judge.common_shift`, (n,). Returns (n,).
    """
    canvas = sheet.cells.colours[..., :3]
    shown = _blocks(canvas.reshape(-1, 3)[index % sheet.side**2])
    expected = _expected(sheet, canvas, column, way)
    least = np.full((len(index), BLOCKS - WINDOW + 1, BLOCKS - WINDOW + 1), np.inf, np.float32)
    for down in range(2 * NEAR + 1):
        for right in range(2 * NEAR + 1):
            there = expected[:, down : down + BLOCKS, right : right + BLOCKS]
            np.minimum(least, _windows(((there - shown) ** 2).sum(-1)), out=least)
    area = WINDOW * WINDOW
    squares = np.stack([_windows(shown[..., channel]) ** 2 for channel in range(3)])
    variance = _windows((shown * shown).sum(-1)) - squares.sum(0) / area
    lively = variance > 3 * area * LIVELY
    other = (least > UNEXPLAINED * (variance + 3 * area * FLAT)) & lively
    share: Floats = other.sum((1, 2)) / np.maximum(lively.sum((1, 2)), 1)
    return share


def _blocks(colours: Floats) -> Floats:
    """Means over blocks of (n, 64, 64, 3)."""
    means: Floats = colours.reshape(-1, BLOCKS, BLOCK, BLOCKS, BLOCK, 3).mean((2, 4))
    return means


def _expected(sheet: Sheet, canvas: Floats, column: Ints, way: Ints) -> Floats:
    """Blocks that a shift alone would show, with ``NEAR`` more on each side."""
    planes = [box_sum(canvas[..., channel], BLOCK) for channel in range(3)]
    means = np.stack(planes, -1) / BLOCK**2
    steps = BLOCK * np.arange(-NEAR, BLOCKS + NEAR)
    begin = column - np.where(way < 0, BLOCK - 1, 0)
    columns = begin[:, None] + way[:, None] * steps
    last = len(means) - 1
    rows = np.clip(sheet.margin + steps, 0, last)
    blocks: Floats = means[rows[:, None], np.clip(columns, 0, last)[:, None]]
    return blocks


def _windows(planes: Floats) -> Floats:
    """Sums over all windows of (n, rows, columns)."""
    views = np.lib.stride_tricks.sliding_window_view(planes, (WINDOW, WINDOW), axis=(1, 2))
    sums: Floats = views.sum((-1, -2))
    return sums
