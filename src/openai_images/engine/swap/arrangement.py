"""Scenes: parts of the picture change places along walks; the best of many arrangements is kept.

The whole picture is one walk (`tours`), or its upper and its lower part are two, where a row is
calm enough to cut along. `judging` tells what each is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ..heal.patchfield import HALF, PatchSource
from ..heal.voting import vote
from ..pixels import Floats, Ints, Packed
from ..recompose.framing import Framing
from ..source import Source
from .assembly import Assembly
from .change import changed
from .cutting import path_costs, traces
from .judging import Judge
from .jumps import LEAST, Band, Jumps, errors, find_jumps
from .sheet import CELLS, FOLD, LETTER, RIM, SIZE, Sheet, View
from .tours import Tour, best_tours, columns_shown, draw_wishes

# Where a share is given as the reason of a number, it is the mean share moved in fifteen scenes of
# Places50 and SIGD16 (two variations each) at strength 0.5. What is rearranged of all 66 pictures
# was measured with a `sheet.LINE` of 50 for all that is thin.
WISHES = 32
"""Walks wished for in each band: with 16 of them 0.20 moves, with 24 0.30. With 48, and 12 choices,
0.01 more is rearranged of all 66 pictures."""
SHARED = 9
"""Rows that two bands share above and below the row at which they part: 0.26 with 4 or 6 of them,
0.31 with 9, 0.25 with 12."""
HIGHEST, LOWEST = 14, 50
"""Rows between which they may part."""
ATTEMPTS = 60
"""Arrangements, the best first, that are cut out until enough of them have no bad seam. They share
their walks: 60 take hardly longer than 20, and at strength 0.8 move 0.45 instead of 0.37."""
DEAR = 8.0
"""Error of the seams from which an arrangement is not tried: of those below 4, 63 of 100 could be
cut out, of those above 8 9."""
CHOICES = 8
"""Arrangements cut out without a bad seam, of which the best is kept: of 66 pictures at strength
0.8, 0.40 is rearranged and 0.13 relocated with the first, 0.42 and 0.16 with the best of 8, and no
more with that of 16."""
BODY = 2
"""Rows of what is found once that no end of the frame cuts, but where the source's own does."""
LEAST_GAIN = 0.01
"""Of an arrangement that is worth more than another framing: the best of a rocket gain less than a
thousandth, and with them two of its four variations differ by 0.019 (closest pair) for 0.031."""


@dataclass(frozen=True)
class Freedom:
    """moved, changed: share of the picture from which more movement, or looking more changed, is no
    gain: without a limit of ``changed`` as much is rearranged (median of 66 pictures at strength
    0.8), and 0.28 of what matters shown twice for 0.25. lost, twice: see `Judge`.
    price: of the error of a seam, in columns fulfilled (`tours`); cost: the same in shares moved.
    worst: error of the worst stretch of a seam that is taken.

    That ``lost`` and ``twice`` count by their squares keeps an elephant cut out of a hedge from
    coming three times in a row: chosen so of the eight, 0.43 of 66 pictures is rearranged at
    strength 0.8 for 0.47.

    At strength 0.5 ``worst`` is three and a half above `sheet.THING`: of a seam through a thing
    only what fits nearly exactly is taken. At two above, 0.27 is rearranged of all 66 pictures for
    0.32. From 0.58 on it stays as it is: at 15.4 a tree lost its trunk.
    """

    moved: float
    changed: float
    lost: float
    twice: float
    price: float
    cost: float
    worst: float

    @classmethod
    def of(cls, strength: float) -> Freedom:
        return cls(
            moved=min(1.6 * strength, 0.3 + 0.7 * strength),
            changed=0.75 * strength,
            lost=0.2 / strength**2,
            twice=0.08 / strength**2,
            price=4 - 3 * strength,
            cost=0.07 - 0.06 * strength,
            worst=min(8 + 11 * strength, 14.4),
        )


@dataclass(frozen=True)
class Plan:
    """One tour for all rows, or an upper and a lower one; how much is gained by it, and the error
    of its seams."""

    tours: tuple[Tour, ...]
    bands: tuple[Band, ...]
    gain: float
    cost: float


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
    if strength == 0 or sheet.last - sheet.first < CELLS // 2:
        return None
    freedom = Freedom.of(strength)
    assembly = Assembly(sheet, freedom.worst)
    judge = Judge(sheet, freedom.moved, lost=freedom.lost, twice=freedom.twice, seam=freedom.cost)
    mirror = mirror and not source.lettering.any()
    plans = _plans(sheet, freedom, judge, rng, go_on, mirror=mirror)[:ATTEMPTS]
    made = list(islice(_cut_out(assembly, plans, go_on), CHOICES))
    if not made:
        return None
    places = made[_best(assembly, judge, made, freedom.changed)][0]
    middle = slice(HALF, HALF + patches.span)
    field = places[middle, middle] - (HALF * patches.side + HALF)
    return patches, field, vote(patches, field)


def _cut_out(
    assembly: Assembly, plans: list[Plan], go_on: Callable[[], None]
) -> Iterator[tuple[Ints, float]]:
    """Those without a bad seam: what stands where, as in `Assembly.places`, and their cost."""
    for plan in plans:
        go_on()
        places = assembly.places(plan.tours, plan.bands)
        if places is not None:
            yield places, plan.cost


def _best(assembly: Assembly, judge: Judge, made: list[tuple[Ints, float]], enough: float) -> int:
    """Which of those that were cut out looks most changed for its price.

    enough: share from which more is no gain.
    """
    index = assembly.cells(np.stack([places for places, _ in made]))
    price = judge.weigh(judge.shown(index), np.array([cost for _, cost in made])).price
    return int((np.minimum(changed(assembly.sheet, index), enough) - price).argmax())


def _plans(
    sheet: Sheet,
    freedom: Freedom,
    judge: Judge,
    rng: np.random.Generator,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> list[Plan]:
    """Arrangements that are worth it, the best first."""
    seams = errors(sheet, freedom.worst)
    part = _parting(seams[0][:, 1:-1, 1:-1])
    bands: tuple[Band, ...] = ((0, CELLS), (0, part + SHARED), (part - SHARED, CELLS))
    go_on()
    jumps = find_jumps(seams, bands, mirror=mirror)
    whole, upper, lower = (
        _walks(sheet, freedom, rng, band, each, mirror=mirror)
        for band, each in zip(bands, jumps, strict=True)
    )
    go_on()
    gains = judge.gains(judge.shown(whole.index), whole.costs)
    plans = [
        Plan((tour,), bands[:1], gain, cost)
        for tour, gain, cost in zip(whole.tours, gains, whole.costs, strict=True)
    ]
    cuts, costs = _met(upper, lower, part)
    above, beneath = judge.shown(upper.index), judge.shown(lower.index)
    for number, tour in enumerate(upper.tours):
        below = np.arange(CELLS)[:, None] > cuts[number][:, None]
        cost = (upper.costs[number] + lower.costs) / 2 + costs[number]
        gains = judge.gains(above.over(number, beneath, below), cost)
        for other, gain, each in zip(lower.tours, gains, cost, strict=True):
            plans.append(Plan((tour, other), bands[1:], gain, each))
    plans = [plan for plan in plans if plan.gain > LEAST_GAIN and plan.cost < DEAR]
    return sorted(plans, key=lambda plan: -plan.gain)


class _Walks:
    """Tours through one band of rows, the costs of their jumps and ends, and what they show.

    rows, columns, mirrored: of the canvas, at each cell of the frame; index: place in the canvas
    and its mirror image. All (tours, 64, 64).
    """

    def __init__(self, sheet: Sheet, tours: dict[Tour, float]) -> None:
        self.sheet = sheet
        self.tours = tuple(tours)
        self.costs = np.array(list(tours.values()))
        walked = np.array([columns_shown(tour) for tour in tours], np.int64)
        column, way, rise = walked.reshape(-1, 3, 1, CELLS).swapaxes(0, 1)
        rows = np.arange(CELLS)[:, None] + sheet.margin + rise
        self.rows = np.clip(rows, 0, sheet.side - 1)  # as in `Assembly`: many jumps may rise far
        self.columns = np.broadcast_to(column + sheet.first, self.rows.shape)
        self.mirrored = np.broadcast_to(way < 0, self.rows.shape)
        self.index = sheet.index(self.rows, self.columns, self.mirrored)

    def view(self, rows: slice) -> View:
        """Some rows of the frame: (tours, rows, 64)."""
        columns, mirrored = self.columns[:, rows], self.mirrored[:, rows]
        return self.sheet.shown(self.sheet.cells, self.rows[:, rows], columns, mirrored)


def _walks(
    sheet: Sheet,
    freedom: Freedom,
    rng: np.random.Generator,
    band: Band,
    jumps: Jumps,
    *,
    mirror: bool,
) -> _Walks:
    rim = _rim(sheet, band)
    welcome = draw_wishes(rng, WISHES, len(rim), mirror=mirror)
    found = best_tours(jumps, welcome, rim, freedom.price)
    return _Walks(sheet, {tour: cost for cost, tour in found if tour})


def _rim(sheet: Sheet, band: Band) -> Floats:
    """What it costs if the frame ends at a column, and so cuts things that the source does not: of
    things all the way down the unit of errors."""
    rows = slice(sheet.margin + band[0], sheet.margin + band[1])
    columns = slice(sheet.first, sheet.last + 1)
    never = sheet.letters[rows, columns].any(0)
    never |= (sheet.body[rows, columns] > 0.5).sum(0) >= BODY
    cut = sheet.things[rows, columns].mean(0) + never * LETTER
    from_border = np.arange(len(cut))
    from_border = np.minimum(from_border, from_border[::-1])
    rim: Floats = (cut * np.minimum(from_border / RIM, 1)).astype(np.float32)
    return rim


def _parting(error: Floats) -> int:
    """The row along which a seam between any two columns costs least, four rows around it too.

    error: of seams between columns at one height, (64, n, n).
    """
    count = error.shape[1]
    apart = np.abs(np.subtract.outer(*[np.arange(count)] * 2)) >= LEAST
    usual = np.median(error[:, apart], axis=1).astype(np.float64)
    around = np.convolve(np.pad(usual, 2, mode="edge"), np.ones(5), "valid")
    return HIGHEST + int(around[HIGHEST : LOWEST + 1].argmin())


def _met(upper: _Walks, lower: _Walks, part: int) -> tuple[Ints, Floats]:
    """The cut between each upper walk and each lower one: below which row of the frame the lower
    one shows, (uppers, lowers, 64), and what that costs, (uppers, lowers)."""
    zone = slice(part - SHARED, part + SHARED)
    shape = len(upper.tours), len(lower.tours)
    if not all(shape):
        return np.zeros((*shape, CELLS), np.int64), np.zeros(shape)
    errors = np.empty((*shape, CELLS, 2 * SHARED), np.float32)
    one, other = upper.view(zone), lower.view(zone)
    for number, each in enumerate(errors):
        above = one.window(number)
        error = above.error(other) + np.float32(CELLS) * above.folded(other, FOLD)
        error[upper.index[number, zone] == lower.index[:, zone]] = 0
        each[:] = error.swapaxes(1, 2)
    costs = path_costs(errors.reshape(-1, CELLS, 2 * SHARED))
    ends = costs[:, -1, 1:-1].argmin(1)
    rows = traces(costs, ends) + zone.start
    least = costs[:, -1, 1:-1].min(1) / CELLS
    return rows.reshape(*shape, CELLS), least.reshape(shape).astype(np.float64)
