"""Walks along a scene from left to right, told by what is wished to stand where.

A wish deals the parts of the picture out anew along the frame. The walk that fulfils it best at the
least cost of jumps is found by dynamic programming over the columns of the frame (Viterbi).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Floats, Ints
from .jumps import Jumps
from .sheet import CELLS

PARTS = (2, 5)
"""A wish has at least so many parts, and fewer than so many. With two only, a third less moves;
with three to five 0.04 more at strength 0.8, and 0.03 more of what matters is lost."""
NEAR = 12.0
"""Standard deviation, in columns, within which a wish counts as fulfilled: with half of it a fourth
less moves (0.26 for 0.32) and more of what matters is lost (0.17 for 0.16) and doubled."""
STRIDE = 9
"""Columns walked at least between two jumps: a patch of 7 and its seams on both sides."""
EVERY = 2
"""Columns of the frame at every how many a jump may be made."""
OUTSIDE = -1e5


@dataclass(frozen=True)
class Stretch:
    """Part of a walk: from a column of the frame on, the canvas is shown from a column of its on,
    forwards (way 1) or backwards (-1), with rows that are ``rise`` cells lower. All in cells."""

    start: int
    column: int
    way: int
    rise: int


Tour = tuple[Stretch, ...]


def draw_wishes(rng: np.random.Generator, wishes: int, columns: int, *, mirror: bool) -> Floats:
    """How welcome each column is at each place: (64 places, wishes, 2 ways, columns), 0..1."""
    welcome = np.zeros((CELLS, wishes, 2, columns), np.float32)
    for wish in range(wishes):
        parts = int(rng.integers(*PARTS))
        ends = np.sort(rng.uniform(0.5 / parts, 1 - 0.5 / parts, parts - 1))
        ends = np.concatenate([[0], ends, [1]])
        ways = rng.integers(0, 2, parts) if mirror else np.zeros(parts, np.int64)
        begin = 0.0
        for part in rng.permutation(parts):
            length = ends[part + 1] - ends[part]
            places = np.arange(round(begin * CELLS), min(CELLS, round((begin + length) * CELLS)))
            along = np.clip(((places + 0.5) / CELLS - begin) / length, 0, 1)
            along = 1 - along if ways[part] else along
            middle = (ends[part] + along * length) * columns
            away = np.arange(columns) - middle[:, None]
            welcome[places, wish, ways[part]] = np.exp(-(away**2) / (2 * NEAR**2))
            begin += length
    return welcome


def best_tours(
    jumps: Jumps, welcome: Floats, rim: Floats, price: float
) -> list[tuple[float, Tour]]:
    """For each wish the best walk with the cost of its jumps and ends; empty if there is none.

    Columns are counted as in `Jumps`. rim: (columns,) cost of a frame that ends there. price: of
    such costs, in columns fulfilled.
    """
    search = _Search(jumps, welcome, rim, price)
    return [search.trace(wish) for wish in range(welcome.shape[1])]


class _Search:
    """value[x, wish, way, p]: of the best walk that shows column p at place x, from there on."""

    def __init__(self, jumps: Jumps, welcome: Floats, rim: Floats, price: float) -> None:
        self.jumps, self.welcome = jumps, welcome
        self.rim = np.float32(price) * rim
        self.ends = rim
        self.cost = np.float32(price) * jumps.cost
        self.alone = np.zeros((CELLS + 1, *welcome.shape[1:]), np.float32)  # never jumping
        self.value = np.zeros_like(self.alone)
        self.value[CELLS - 1] = welcome[CELLS - 1] - self.rim
        self.alone[CELLS - 1] = welcome[CELLS - 1]
        for place in range(CELLS - 2, -1, -1):
            self.alone[place] = welcome[place] + _ahead(self.alone[place + 1], 1, 0)
            np.add(welcome[place], self._going(place), out=self.value[place])
            if self._may_jump(place):
                np.maximum(self.value[place], self._jumping(place), out=self.value[place])

    def _may_jump(self, place: int) -> bool:
        return place % EVERY == 0 and STRIDE <= place < CELLS - STRIDE

    def _going(self, place: int) -> Floats:
        return _ahead(self.value[place + 1], 1, OUTSIDE)

    def _arrived(self, place: int) -> Floats:
        """Value of having jumped to each column: a stretch without a jump, then the best."""
        first: Floats = self.alone[place] - _ahead(self.alone[place + STRIDE], STRIDE, 0)
        return first + _ahead(self.value[place + STRIDE], STRIDE, OUTSIDE)

    def _jumping(self, place: int) -> Floats:
        arrived = self._arrived(place)
        best: Floats = (arrived[:, :, None] - self.cost[0]).max(-1)
        if len(self.cost) > 1:
            best = np.maximum(best, (arrived[:, ::-1, None] - self.cost[1]).max(-1))
        return best

    def trace(self, wish: int) -> tuple[float, Tour]:
        begin = self.value[0, wish] - self.rim
        way, column = divmod(int(begin.argmax()), len(self.rim))
        if begin[way, column] < OUTSIDE / 2:
            return 0.0, ()
        tour = [Stretch(0, column, 1 - 2 * way, 0)]
        paid, rise, place, free = float(self.ends[column]), 0, 0, STRIDE
        while place < CELLS - 1:
            step = 1 - 2 * way
            if place >= free and self._may_jump(place):
                on = column + step
                going = self.value[place + 1, wish, way, on] if 0 <= on < len(self.rim) else OUTSIDE
                going = self.welcome[place, wish, way, column] + going
                if self.value[place, wish, way, column] > going:
                    kind, target = self._target(place, wish, way, column)
                    paid += float(self.jumps.cost[kind, column, target])
                    rise += int(self.jumps.rise[kind, column, target])
                    column = target
                    way ^= kind
                    tour.append(Stretch(place, column, 1 - 2 * way, rise))
                    free = place + STRIDE
            place += 1
            column += 1 - 2 * way
        return paid + float(self.ends[column]), tuple(tour)

    def _target(self, place: int, wish: int, way: int, column: int) -> tuple[int, int]:
        """The best jump: its kind and the column it leads to."""
        arrived = self._arrived(place)[wish]
        options = [
            arrived[way ^ kind] - cost[column] for kind, cost in enumerate(self.cost)
        ]  # (kinds, columns)
        kind, target = divmod(int(np.stack(options).argmax()), len(self.rim))
        return kind, target


def _ahead(values: Floats, steps: int, beyond: float) -> Floats:
    """Values (wishes, 2 ways, columns) of the column so many steps on, each in its way."""
    moved = np.full_like(values, beyond)
    moved[:, 0, :-steps] = values[:, 0, steps:]
    moved[:, 1, steps:] = values[:, 1, :-steps]
    return moved


def columns_shown(tour: Tour) -> tuple[Ints, Ints, Ints]:
    """Column, way and rise at each of the 64 places."""
    starts = np.array([stretch.start for stretch in tour])
    which = np.searchsorted(starts, np.arange(CELLS), side="right") - 1
    column, way, rise = (
        np.array([getattr(stretch, name) for stretch in tour])[which]
        for name in ("column", "way", "rise")
    )
    return column + way * (np.arange(CELLS) - starts[which]), way, rise
