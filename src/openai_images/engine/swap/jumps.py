"""Where a walk along a scene can jump: the best cut from every column to every other.

What video textures (Schödl, Szeliski, Salesin, Essa, SIGGRAPH 2000) do with the frames of a film is
done with the columns of a picture. A cut is a path of least error from top to bottom (Efros,
Freeman, "Image quilting", SIGGRAPH 2001); as all pairs of columns share their errors, one sweep of
dynamic programming over the rows finds the cuts between all of them.
"""

from __future__ import annotations

import numpy as np

from ..pixels import Floats
from .sheet import CELLS, FOLD, Sheet

RISE = 2
"""Cells by which the two sides of a cut may differ in height, to bring horizons together."""
RISING = np.float32(0.02)
"""Price of a cell of that."""
BEND = np.float32(0.05)
"""Price of a step aside from row to row, in the unit of the error."""
LEAST = 8
"""Columns that a jump leads away at least: an eighth of the frame, as less hardly shows."""
LEAST_MIRRORED = 16
"""The same if it turns back: what is doubled side by side shows more."""
NEVER = np.float32(1e6)

Band = tuple[int, int]
"""Rows of the frame, in cells: from, to."""


class Jumps:
    """Of one band of rows, by kind (0: the way goes on; 1: it turns), between known columns.

    cost: (kinds, n, n) float32, mean error along the cut from column p to column q, both counted
    from the sheet's first and taken at the band's middle row. rise: cells that q's rows are lower.
    """

    def __init__(self, count: int, kinds: int) -> None:
        self.cost = np.full((kinds, count, count), NEVER, np.float32)
        self.rise = np.zeros((kinds, count, count), np.int64)

    def consider(self, error: Floats, kind: int, rise: int) -> None:
        """Take over the cuts that are cheaper at a difference in height. error: (rows, n, n)."""
        middle = len(error) // 2
        above = _paths(error[: middle + 1], kind)
        below = _paths(error[: middle - 1 : -1], kind)
        total = (above + below - error[middle]) / len(error) + RISING * abs(rise)
        away = np.abs(np.subtract.outer(*[np.arange(len(total))] * 2))
        total[away < (LEAST_MIRRORED if kind else LEAST)] = NEVER
        better = total < self.cost[kind]
        self.cost[kind][better] = total[better]
        self.rise[kind][better] = rise


def find_jumps(sheet: Sheet, bands: list[Band], *, mirror: bool) -> list[Jumps]:
    """The jumps of each band."""
    count = sheet.last - sheet.first + 1
    found = [Jumps(count, 2 if mirror else 1) for _ in bands]
    for rise in range(-RISE, RISE + 1):
        error, folded = errors(sheet, rise)
        for kind in range(2 if mirror else 1):
            if kind:
                error += folded
            for band, jumps in zip(bands, found, strict=True):
                jumps.consider(error[slice(*band)], kind, rise)
    return found


def errors(sheet: Sheet, rise: int) -> tuple[Floats, Floats]:
    """Error of a seam between columns p and q at each row of the frame, (64, n, n).

    And what to add (n, n) if one of them is mirrored.
    """
    columns = slice(sheet.first, sheet.last + 1)
    top, below = sheet.margin, sheet.margin + rise
    left = sheet.cells.window(slice(top, top + CELLS), columns, None)
    right = sheet.cells.window(slice(below, below + CELLS), None, columns)
    near = np.abs(left.signed[0] - right.signed[0]) < FOLD
    return left.error(right), np.where(near, np.float32(CELLS), np.float32(0))


def _paths(error: Floats, kind: int) -> Floats:
    """Least error of the paths from the first row that end at columns p and q of the last.

    A step aside moves p and q the same way, or against each other if one side is mirrored.
    """
    count = error.shape[1]
    framed = np.full((count + 2, count + 2), NEVER, np.float32)
    total = framed[1:-1, 1:-1]
    one, other = (framed[:-2, 2:], framed[2:, :-2]) if kind else (framed[:-2, :-2], framed[2:, 2:])
    total[:] = error[0]
    aside = np.empty_like(total)
    for row in error[1:]:
        np.minimum(one, other, out=aside)
        aside += BEND
        np.minimum(total, aside, out=total)
        total += row
    return total
