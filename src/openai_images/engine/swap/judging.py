"""What an arrangement is worth: how much stands elsewhere than any one framing would put it, less
what is lost, shown twice or cut."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..pixels import Bools, Floats, Ints
from .sheet import CELLS, Sheet

# Where a share is given as the reason of a number, see `arrangement`.
GRAIN = 2
"""Cells a side that are judged as one: hundreds of arrangements in a fourth of the time."""
GRAINS = CELLS // GRAIN
SAME = 2
"""Grains by which a place may be off where a framing puts it, and yet not count as moved."""
LEAST_BODY = 64
"""Cells of what is found once below which it is a detail: a square of an eighth of a side."""
LEFT_OUT = 0.6
"""Share of it that may not be lost: at 0.9 a beach was left without its two dogs."""
CROWD = 400.0
"""Cells of things shown twice that count like all that matters: a tenth of the frame. With half of
them 0.24 moves and 0.06 of what matters is shown twice, with twice as many 0.28 and 0.08."""


class Shown(NamedTuple):
    """What arrangements show at each grain of the frame, (arrangements, 1024): the place in the
    canvas, by how much that is shifted, both in grains, and how lively it is."""

    place: Ints
    shift: Ints
    lively: Floats

    def over(self, number: int, others: Shown, below: Bools) -> Shown:
        """The arrangement of that number with each of the others where these show below it."""
        below = below[:, ::GRAIN, ::GRAIN].reshape(len(below), -1)
        return Shown(
            *(np.where(below, its, my[number]) for my, its in zip(self, others, strict=True))
        )


class Weighed(NamedTuple):
    """What is found of arrangements, (arrangements,) each.

    moved: share of what is lively that stands where the most common shift would not put it, but no
    more than is a gain; price: of what they lose, show twice and cut, in shares moved.
    """

    moved: Floats
    price: Floats


class Judge:
    """Weighs what an arrangement moves against what it costs.

    enough: share of the picture from which more movement is no gain. lost, twice: price of losing,
    and of showing twice, all that matters in the picture (`Source.keep`), a half of which costs a
    fourth of that; seam: of the error of a seam; all in shares moved.
    """

    def __init__(
        self, sheet: Sheet, enough: float, *, lost: float, twice: float, seam: float
    ) -> None:
        self.enough, self.lost, self.twice, self.seam = enough, lost, twice, seam
        self.cells, self.side = sheet.side, -(-sheet.side // GRAIN)
        self.lively = np.tile(np.sqrt(sheet.cells.variance).ravel(), 2)
        self.keep = self._grains(sheet.keep)
        single = self._grains(np.where(sheet.keep > 0, sheet.sure, 0))
        self.single = single / max(float(single.sum()), LEAST_BODY)
        self.double = self.keep + self._grains(sheet.things) / CROWD

    def _grains(self, plane: Floats) -> Floats:
        """Sums over grains of a map of the canvas, (grains,)."""
        whole = np.zeros((self.side * GRAIN,) * 2)
        whole[: self.cells, : self.cells] = plane
        sums: Floats = whole.reshape(self.side, GRAIN, self.side, GRAIN).sum((1, 3)).ravel()
        return sums

    def shown(self, index: Ints) -> Shown:
        """What is shown by walks. index: as in `Sheet.index`, (walks, 64, 64)."""
        index = index[:, ::GRAIN, ::GRAIN].reshape(-1, GRAINS**2)
        row, column = np.divmod(index, self.cells)
        mirrored = row >= self.cells
        row, column = row % self.cells // GRAIN, column // GRAIN
        at = np.tile(np.arange(GRAINS), GRAINS)
        shift = np.where(mirrored, column + at + 3 * self.side, column - at) + GRAINS
        return Shown(row * self.side + column, shift, self.lively.take(index))

    def gains(self, shown: Shown, seams: Floats) -> list[float]:
        """What each arrangement moves, less its price. Arguments as of `weigh`."""
        weighed = self.weigh(shown, seams)
        found: list[float] = (weighed.moved - weighed.price).tolist()
        return found

    def weigh(self, shown: Shown, seams: Floats) -> Weighed:
        """seams: the error of each arrangement's seams, (arrangements,)."""
        count = _counts(shown.place, self.side**2)
        unseen = count == 0
        lost = unseen @ self.keep
        twice = np.maximum(count - 1, 0) @ self.double
        price = self.lost * lost**2 + self.twice * twice**2 + self.seam * seams
        price[unseen @ self.single > LEFT_OUT] = np.inf
        moved: Floats = 1 - self._most(shown) / np.maximum(shown.lively.sum(1), 1e-9)
        return Weighed(np.minimum(moved, self.enough), price)

    def _most(self, shown: Shown) -> Floats:
        """How much of what is lively the most common shift explains, (arrangements,)."""
        shares = _counts(shown.shift, 6 * self.side, shown.lively)
        around = np.pad(shares, ((0, 0), (SAME, SAME)))
        explained = np.zeros_like(shares)
        for step in range(2 * SAME + 1):
            explained += around[:, step : step + shares.shape[1]]
        most: Floats = explained.max(1)
        return most


def _counts(numbers: Ints, most: int, weights: Floats | None = None) -> Floats:
    """How often each number, or with which weight, stands in each row: (rows, most)."""
    apart = numbers + np.arange(len(numbers))[:, None] * most
    given = None if weights is None else weights.ravel()
    counts = np.bincount(apart.ravel(), given, len(numbers) * most).astype(np.float64)
    return counts.reshape(len(numbers), most)
