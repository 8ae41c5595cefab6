"""Where a walk along a scene can jump: the best cut from every column to every other.

What video textures (Schödl, Szeliski, Salesin, Essa, SIGGRAPH 2000) do with the frames of a film is
done with the columns of a picture. A cut is a path of least error from top to bottom (Efros,
Freeman, "Image quilting", SIGGRAPH 2001); as all pairs of columns share their errors, one sweep of
dynamic programming over the rows finds the cuts between all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..pixels import Floats, Ints
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
STEEP = np.float32(20)
"""How many times more an error counts where it is beyond the worst that is taken: of the walks
through 66 pictures planned without, 51 of 100 could be cut out, with 8 65."""
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
        """Take over the cuts that are cheaper at a difference in height.

        error: (rows, n + 2, n + 2), some rows of `errors`.
        """
        middle = len(error) // 2
        above = _paths(error[: middle + 1], kind)
        below = _paths(error[: middle - 1 : -1], kind)
        total = (above + below - error[middle]) / len(error) + RISING * abs(rise)
        total = total[1:-1, 1:-1]
        total[_away(len(total)) < (LEAST_MIRRORED if kind else LEAST)] = NEVER
        better = total < self.cost[kind]
        self.cost[kind][better] = total[better]
        self.rise[kind][better] = rise


def find_jumps(errors: dict[int, Floats], bands: Sequence[Band], *, mirror: bool) -> list[Jumps]:
    """The jumps of each band."""
    count = errors[0].shape[1] - 2
    kinds = 2 if mirror else 1
    folded = np.pad(np.where(_away(count) < FOLD, np.float32(CELLS), 0), 1)
    found = [Jumps(count, kinds) for _ in bands]
    for rise, error in sorted(errors.items()):
        for kind in range(kinds):
            each = error + folded if kind else error
            for band, jumps in zip(bands, found, strict=True):
                jumps.consider(each[slice(*band)], kind, rise)
    return found


def errors(sheet: Sheet, worst: float) -> dict[int, Floats]:
    """Error of a seam between columns p and q at each row of the frame, by how many cells q's rows
    are lower: (64, n + 2, n + 2) each, with a frame of columns that are none.

    worst: error from which none will be taken.
    """
    count = sheet.last - sheet.first + 1
    columns = slice(sheet.first, sheet.last + 1)
    found = {}
    for rise in range(RISE + 1):
        rows = slice(sheet.margin - rise, sheet.margin + CELLS)
        lower = slice(rows.start + rise, rows.stop + rise)
        left = sheet.cells.window(rows, columns, None)
        right = sheet.cells.window(lower, None, columns)
        framed = np.full((CELLS + rise, count + 2, count + 2), NEVER, np.float32)
        error = left.error(right)
        error += STEEP * np.maximum(error - np.float32(worst), 0)
        framed[:, 1:-1, 1:-1] = error
        found[rise] = framed[rise:]
        # The same seams, seen from their other side.
        found[-rise] = np.ascontiguousarray(framed[:CELLS].swapaxes(1, 2))
    return found


def _away(count: int) -> Ints:
    """How far apart any two of so many columns are."""
    away: Ints = np.abs(np.subtract.outer(*[np.arange(count)] * 2))
    return away


def _paths(error: Floats, kind: int) -> Floats:
    """Least error of the paths from the first row that end at columns p and q of the last.

    A step aside moves p and q the same way, or against each other if one side is mirrored. Rows are
    worked on as they lie in memory, where a step is one of so many numbers; the frame keeps paths
    from going on at the other side.
    """
    step = error.shape[2] + (-1 if kind else 1)
    first, *rows = error.reshape(len(error), -1)
    total = first.copy()
    aside = np.full_like(total, NEVER)
    inner = aside[step:-step]
    for row in rows:
        np.minimum(total[: -2 * step], total[2 * step :], out=inner)
        inner += BEND
        np.minimum(total, aside, out=total)
        total += row
    return total.reshape(error.shape[1:])
