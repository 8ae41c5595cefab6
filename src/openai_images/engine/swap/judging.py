"""What an arrangement is worth: how much stands elsewhere than any one framing would put it, less
what is lost, shown twice or cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..pixels import Bools, Floats, Ints
from .sheet import CELLS, Sheet

# Where a share is given as the reason of a number, see `arrangement`.
SAME = 5
"""Cells by which a place may be off where a framing puts it, and yet not count as moved."""
LEAST_BODY = 64
"""Cells of what is found once below which it is a detail: a square of an eighth of a side."""
LEFT_OUT = 0.6
"""Share of it that may not be lost: at 0.9 a beach was left without its two dogs."""
LOST = 0.7
"""Price of losing all that matters in the picture (`Source.keep`), in shares moved. At 0.35, 0.30
moves and 0.20 of it is lost, at 1.4 0.15 and 0.13, here 0.26 and 0.17; at 0.3 a hedge cut as an
elephant lost its head to the frame."""
TWICE = 0.33
"""Price of showing all of it twice. 0.21 moves at 1.2 and 0.05 of what matters is shown twice, 0.26
and 0.08 at 0.6, 0.36 and 0.09 at 0.3. At 0.26 the frame cut a face in a fur hood."""
CROWD = 400.0
"""Cells of things shown twice that count like all that matters: a tenth of the frame. With half of
them 0.24 moves and 0.06 of what matters is shown twice, with twice as many 0.28 and 0.08."""


class Shown(NamedTuple):
    """What arrangements show at each cell of the frame, (arrangements, 4096): the place in the
    canvas, by how much that is shifted, how lively it is."""

    place: Ints
    shift: Ints
    lively: Floats

    def over(self, number: int, others: Shown, below: Bools) -> Shown:
        """The arrangement of that number with each of the others where these show below it."""
        below = below.reshape(len(below), -1)
        return Shown(
            *(np.where(below, its, my[number]) for my, its in zip(self, others, strict=True))
        )


class Judge:
    """Weighs what an arrangement gains against what it costs.

    enough: share of the picture from which more movement is no gain. price: of the error of a seam,
    in shares moved.
    """

    def __init__(self, sheet: Sheet, enough: float, price: float) -> None:
        self.side, self.enough, self.price = sheet.side, enough, price
        self.lively = np.tile(np.sqrt(sheet.cells.variance).ravel(), 2)
        self.keep = sheet.keep.ravel()
        single = np.where(sheet.keep > 0, sheet.sure, 0).ravel()
        self.single = single / max(float(single.sum()), LEAST_BODY)
        self.double = self.keep + sheet.things.ravel() / CROWD

    def shown(self, index: Ints) -> Shown:
        """What is shown by walks. index: `arrangement` has it, (walks, 64, 64)."""
        index = index.reshape(-1, CELLS**2)
        row, column = np.divmod(index, self.side)
        at = np.tile(np.arange(CELLS), CELLS)
        shift = np.where(row < self.side, column - at, column + at + 3 * self.side) + CELLS
        return Shown(index % self.side**2, shift, self.lively.take(index))

    def gains(self, shown: Shown, cost: Floats) -> list[float]:
        """Of each arrangement, with the cost of all its seams, (arrangements,)."""
        count = _counts(shown.place, self.side**2)
        lost = (self.keep * (count == 0)).sum(1)
        twice = (self.double * np.maximum(count - 1, 0)).sum(1)
        moved = np.minimum(self._moved(shown), self.enough)
        gains: Floats = moved - LOST * lost - TWICE * twice - self.price * cost
        gains[(self.single * (count == 0)).sum(1) > LEFT_OUT] = 0
        found: list[float] = gains.tolist()
        return found

    def _moved(self, shown: Shown) -> Floats:
        """Share of what is lively that stands where the most common shift would not put it."""
        width = 6 * self.side
        shares = np.pad(_counts(shown.shift, width, shown.lively), ((0, 0), (SAME, SAME)))
        common = np.zeros((len(shares), width))
        for step in range(2 * SAME + 1):
            common += shares[:, step : step + width]
        most = common.max(1)
        moved: Floats = 1 - most / np.maximum(shown.lively.sum(1), 1e-9)
        return moved


def _counts(numbers: Ints, most: int, weights: Floats | None = None) -> Floats:
    """How often each number, or with which weight, stands in each row: (rows, most)."""
    apart = numbers + np.arange(len(numbers))[:, None] * most
    given = None if weights is None else weights.ravel()
    counts = np.bincount(apart.ravel(), given, len(numbers) * most).astype(np.float64)
    return counts.reshape(len(numbers), most)
