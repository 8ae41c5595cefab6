"""Scenes: parts of the picture change places along walks; the best of many arrangements is kept.

The whole picture is one walk (`tours`), or its upper and its lower part are two, where a row is
calm enough to cut along. What is judged: how much stands elsewhere than any one framing would put
it, what the seams cost, and what is lost, shown twice or cut by the frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..heal.patchfield import HALF, PatchSource
from ..heal.voting import vote
from ..pixels import Bools, Floats, Ints, Packed
from ..recompose.framing import Framing
from ..source import Source
from .assembly import Assembly
from .cutting import path_costs, traces
from .jumps import LEAST, Band, Jumps, errors, find_jumps
from .sheet import CELLS, FOLD, LETTER, RIM, SIZE, Sheet
from .tours import Tour, best_tours, columns_shown, draw_wishes

# Where a share is given as the reason of a number, it is the mean share moved in fifteen scenes of
# Places50 and SIGD16 (two variations each) at strength 0.5.
WISHES = 24
"""Walks wished for in each band: with 16 of them 0.20 moves, with 24 0.30 (a third more time)."""
SHARED = 9
"""Rows that two bands share above and below the row at which they part: 0.26 with 4 or 6 of them,
0.31 with 9, 0.25 with 12."""
HIGHEST, LOWEST = 14, 50
"""Rows between which they may part."""
SAME = 5
"""Cells by which a place may be off where a framing puts it, and yet not count as moved."""
ATTEMPTS = 60
"""Arrangements, the best first, that are cut out until one has no bad seam. They share their walks:
60 take hardly longer than 20, and at strength 0.8 move 0.45 instead of 0.37."""
LOST = 0.7
"""Price of losing all that matters in the picture (`Source.keep`), in shares moved. At 0.35, 0.30
moves and 0.20 of it is lost, at 1.4 0.15 and 0.13, here 0.26 and 0.17; at 0.3 a hedge cut as an
elephant lost its head to the frame."""
TWICE = 0.4
"""Price of showing all of it twice. 0.21 moves at 1.2 and 0.05 of what matters is shown twice, 0.26
and 0.08 at 0.6, 0.36 and 0.09 at 0.3."""
CROWD = 400.0
"""Cells of things shown twice that count like all that matters: a tenth of the frame. With half of
them 0.24 moves and 0.06 of what matters is shown twice, with twice as many 0.28 and 0.08."""


@dataclass(frozen=True)
class Freedom:
    """moved: share of the picture from which more movement is no gain. price: of the error of a
    seam, in columns fulfilled (`tours`); cost: the same in shares moved. worst: error of the worst
    stretch of a seam that is taken.

    At strength 0.5 ``worst`` is two above `sheet.THING`: of a seam through a thing only what fits
    nearly exactly is taken. With three less of both, a half less moves.
    """

    moved: float
    price: float
    cost: float
    worst: float

    @classmethod
    def of(cls, strength: float) -> Freedom:
        return cls(
            moved=min(1.6 * strength, 0.3 + 0.7 * strength),
            price=4 - 3 * strength,
            cost=0.07 - 0.06 * strength,
            worst=8 + 8 * strength,
        )


@dataclass(frozen=True)
class Plan:
    """One tour for all rows, or an upper and a lower one; how much is gained by it, above 0."""

    tours: tuple[Tour, ...]
    bands: tuple[Band, ...]
    gain: float


def rearrange(
    source: Source,
    framing: Framing,
    rng: np.random.Generator,
    strength: float,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> tuple[PatchSource, Ints, Packed] | None:
    """A new arrangement of a scene: patch source, field and picture of 128 pixels a side.

    None if none is better than the scene as it is. go_on: called before each step; what it raises
    passes through.
    """
    patches = PatchSource(source, framing, SIZE, mirror=mirror)
    sheet = Sheet(source, framing, patches)
    freedom = Freedom.of(strength)
    if strength == 0 or sheet.last - sheet.first < CELLS // 2:
        return None
    assembly = Assembly(sheet, freedom.worst)
    mirror = mirror and not source.lettering.any()
    for plan in _plans(sheet, freedom, rng, go_on, mirror=mirror)[:ATTEMPTS]:
        go_on()
        places = assembly.places(plan.tours, plan.bands)
        if places is not None:
            middle = slice(HALF, HALF + patches.span)
            field = places[middle, middle] - (HALF * patches.side + HALF)
            return patches, field, vote(patches, field)
    return None


def _plans(
    sheet: Sheet,
    freedom: Freedom,
    rng: np.random.Generator,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> list[Plan]:
    """Arrangements that gain more than leaving all as it is, the best first."""
    part = _parting(sheet)
    bands: list[Band] = [(0, CELLS), (0, part + SHARED), (part - SHARED, CELLS)]
    go_on()
    jumps = find_jumps(sheet, bands, mirror=mirror)
    whole, upper, lower = (
        _walks(sheet, freedom, rng, band, each, mirror=mirror)
        for band, each in zip(bands, jumps, strict=True)
    )
    go_on()
    judge = _Judge(sheet, freedom)
    gains = judge.gains([(walk.index, walk.cost) for walk in whole])
    plans = [Plan((walk.tour,), (bands[0],), gain) for walk, gain in zip(whole, gains, strict=True)]
    for one in upper:
        met = [
            (np.where(below, other.index, one.index), (one.cost + other.cost) / 2 + cost)
            for other, (below, cost) in zip(lower, _met(one, lower, part), strict=True)
        ]
        for other, gain in zip(lower, judge.gains(met), strict=True):
            plans.append(Plan((one.tour, other.tour), (bands[1], bands[2]), gain))
    return sorted((plan for plan in plans if plan.gain > 0), key=lambda plan: -plan.gain)


class _Walk:
    """A tour, what it shows (view, index) at each cell of the frame, and what it costs.

    index: place in the canvas and its mirror image, (64, 64).
    """

    def __init__(self, sheet: Sheet, tour: Tour, cost: float) -> None:
        self.tour, self.cost = tour, cost
        column, way, rise = columns_shown(tour)
        rows = np.arange(CELLS)[:, None] + sheet.margin + rise
        columns = np.broadcast_to(column + sheet.first, rows.shape)
        mirrored = np.broadcast_to(way < 0, rows.shape)
        self.view = sheet.shown(sheet.cells, rows, columns, mirrored)
        self.index = (mirrored * sheet.side + rows) * sheet.side + columns


def _walks(
    sheet: Sheet,
    freedom: Freedom,
    rng: np.random.Generator,
    band: Band,
    jumps: Jumps,
    *,
    mirror: bool,
) -> list[_Walk]:
    rim = _rim(sheet, band)
    welcome = draw_wishes(rng, WISHES, len(rim), mirror=mirror)
    tours = dict.fromkeys(best_tours(jumps, welcome, rim, freedom.price))
    return [_Walk(sheet, tour, cost) for cost, tour in tours if tour]


def _rim(sheet: Sheet, band: Band) -> Floats:
    """What it costs if the frame ends at a column, and so cuts things that the source does not: of
    things all the way down the unit of errors."""
    rows = slice(sheet.margin + band[0], sheet.margin + band[1])
    columns = slice(sheet.first, sheet.last + 1)
    cut = sheet.things[rows, columns].mean(0) + sheet.letters[rows, columns].any(0) * LETTER
    from_border = np.arange(len(cut))
    from_border = np.minimum(from_border, from_border[::-1])
    rim: Floats = (cut * np.minimum(from_border / RIM, 1)).astype(np.float32)
    return rim


def _parting(sheet: Sheet) -> int:
    """The row along which a seam between any two columns costs least, four rows around it too."""
    error, _ = errors(sheet, 0)
    count = error.shape[1]
    apart = np.abs(np.subtract.outer(*[np.arange(count)] * 2)) >= LEAST
    usual = np.array([float(np.median(row[apart])) for row in error])
    around = np.convolve(np.pad(usual, 2, mode="edge"), np.ones(5), "valid")
    return HIGHEST + int(around[HIGHEST : LOWEST + 1].argmin())


def _met(one: _Walk, others: list[_Walk], part: int) -> list[tuple[Bools, float]]:
    """For each lower walk, where it shows below an upper one, (64, 64), and the cost of the cut."""
    zone = slice(part - SHARED, part + SHARED)
    cuts = []
    for other in others:
        upper, lower = (walk.view.window(zone, slice(None)) for walk in (one, other))
        error = upper.error(lower) + np.float32(CELLS) * upper.folded(lower, FOLD)
        cuts.append(np.where(one.index[zone] == other.index[zone], 0, error).T)
    if not cuts:
        return []
    costs = path_costs(np.stack(cuts))
    ends = costs[:, -1, 1:-1].argmin(1)
    below = np.arange(CELLS)[:, None] > traces(costs, ends)[:, None] + zone.start
    return list(zip(below, (costs[:, -1, 1:-1].min(1) / CELLS).tolist(), strict=True))


class _Judge:
    """Weighs what an arrangement gains against what it costs."""

    def __init__(self, sheet: Sheet, freedom: Freedom) -> None:
        self.freedom, self.side = freedom, sheet.side
        self.lively = np.tile(np.sqrt(sheet.cells.variance).ravel(), 2)
        self.keep = sheet.keep.ravel()
        self.double = self.keep + sheet.things.ravel() / CROWD

    def gains(self, arrangements: list[tuple[Ints, float]]) -> list[float]:
        """Of each index, (64, 64), see `_Walk`, with the cost of all its seams."""
        if not arrangements:
            return []
        index = np.stack([index for index, _ in arrangements]).reshape(len(arrangements), -1)
        cost = np.array([cost for _, cost in arrangements])
        count = _counts(index % self.side**2, self.side**2)
        lost = (self.keep * (count == 0)).sum(1)
        twice = (self.double * np.maximum(count - 1, 0)).sum(1)
        moved = np.minimum(self._moved(index), self.freedom.moved)
        gains = moved - LOST * lost - TWICE * twice - self.freedom.cost * cost
        found: list[float] = gains.tolist()
        return found

    def _moved(self, index: Ints) -> Floats:
        """Share of what is lively that stands where the most common shift would not put it."""
        row, column = np.divmod(index, self.side)
        place = np.tile(np.arange(CELLS), CELLS)
        shift = np.where(row < self.side, column - place, column + place + 3 * self.side)
        lively = self.lively.take(index)
        shares = np.pad(_counts(shift + CELLS, 6 * self.side, lively), ((0, 0), (SAME, SAME)))
        common = np.lib.stride_tricks.sliding_window_view(shares, 2 * SAME + 1, axis=1).sum(-1)
        moved: Floats = 1 - common.max(1) / np.maximum(lively.sum(1), 1e-9)
        return moved


def _counts(numbers: Ints, most: int, weights: Floats | None = None) -> Floats:
    """How often each number, or with which weight, stands in each row: (rows, most)."""
    apart = numbers + np.arange(len(numbers))[:, None] * most
    given = None if weights is None else weights.ravel()
    counts = np.bincount(apart.ravel(), given, len(numbers) * most).astype(np.float64)
    return counts.reshape(len(numbers), most)
