"""Walks along a scene from left to right, told by what is wished to stand where.

A wish deals the parts of the picture out anew along the frame. The walk that fulfils it best at the
least cost of jumps is found by dynamic programming over the columns of the frame (Viterbi).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Bools, Floats, Ints
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
    dealt = []
    for _ in range(wishes):
        parts = int(rng.integers(*PARTS))
        ends = np.sort(rng.uniform(0.5 / parts, 1 - 0.5 / parts, parts - 1))
        ends = np.concatenate([[0], ends, [1]])
        ways = rng.integers(0, 2, parts) if mirror else np.zeros(parts, np.int64)
        order = rng.permutation(parts)
        lengths = np.diff(ends)[order]
        begins = np.concatenate([[0], np.cumsum(lengths)])
        places = np.diff(np.round(begins * CELLS)).astype(np.int64)
        drawn = np.stack([ends[order], lengths, begins[:-1], ways[order]])
        dealt.append(drawn.repeat(places, axis=1))
    end, length, begin, way = np.stack(dealt, -1)[..., None]  # each (64, wishes, 1)
    along = (np.arange(CELLS)[:, None, None] + 0.5) / CELLS
    along = np.clip((along - begin) / length, 0, 1)
    middle = (end + np.where(way > 0, 1 - along, along) * length) * columns
    away = np.arange(columns) - middle
    near = np.exp(-(away**2) / (2 * NEAR**2)).astype(np.float32)
    return np.stack([np.where(way == each, near, 0) for each in (0, 1)], 2)


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
    """value[x, wish, way, p]: of the best walk that shows column p at place x, from there on.

    At each place x where a jump may be made, arrived: value of having jumped to each column, of
    each kind in turn, (wishes, 2 ways, kinds * columns); better[wish, way, p]: whether to jump.
    """

    def __init__(self, jumps: Jumps, welcome: Floats, rim: Floats, price: float) -> None:
        self.jumps = jumps
        self.rim = np.float32(price) * rim
        self.ends = rim
        self.cost = np.float32(price) * np.concatenate(list(jumps.cost), -1)
        self.alone = np.zeros((CELLS + 1, *welcome.shape[1:]), np.float32)  # never jumping
        self.value = np.zeros_like(self.alone)
        self.value[CELLS - 1] = welcome[CELLS - 1] - self.rim
        self.alone[CELLS - 1] = welcome[CELLS - 1]
        self.arrived: dict[int, Floats] = {}
        self.better: dict[int, Bools] = {}
        for place in range(CELLS - 2, -1, -1):
            self.alone[place] = welcome[place] + _ahead(self.alone[place + 1], 1, 0)
            value = welcome[place] + _ahead(self.value[place + 1], 1, OUTSIDE)
            if place % EVERY == 0 and STRIDE <= place < CELLS - STRIDE:
                arrived = self.arrived[place] = self._arrived(place)
                jumping = (arrived[:, :, None] - self.cost).max(-1)
                self.better[place] = jumping > value
                value = np.maximum(value, jumping)
            self.value[place] = value

    def _arrived(self, place: int) -> Floats:
        """A stretch without a jump, then the best."""
        first: Floats = self.alone[place] - _ahead(self.alone[place + STRIDE], STRIDE, 0)
        arrived = first + _ahead(self.value[place + STRIDE], STRIDE, OUTSIDE)
        kinds = [arrived, arrived[:, ::-1]]
        return np.concatenate(kinds[: len(self.jumps.cost)], -1)

    def trace(self, wish: int) -> tuple[float, Tour]:
        begin = self.value[0, wish] - self.rim
        way, column = divmod(int(begin.argmax()), len(self.rim))
        if begin[way, column] < OUTSIDE / 2:
            return 0.0, ()
        tour = [Stretch(0, column, 1 - 2 * way, 0)]
        paid, rise, free = float(self.ends[column]), 0, STRIDE
        for place in range(CELLS - 1):
            better = self.better.get(place) if place >= free else None
            if better is not None and better[wish, way, column]:
                kind, target = self._target(place, wish, way, column)
                paid += float(self.jumps.cost[kind, column, target])
                rise += int(self.jumps.rise[kind, column, target])
                column = target
                way ^= kind
                tour.append(Stretch(place, column, 1 - 2 * way, rise))
                free = place + STRIDE
            column += 1 - 2 * way
        return paid + float(self.ends[column]), tuple(tour)

    def _target(self, place: int, wish: int, way: int, column: int) -> tuple[int, int]:
        """The best jump: its kind and the column it leads to."""
        options = self.arrived[place][wish, way] - self.cost[column]
        kind, target = divmod(int(options.argmax()), len(self.rim))
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
