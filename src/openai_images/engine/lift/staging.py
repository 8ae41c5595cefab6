"""Things set anew: moved, resized, turned, mirrored; of several, one more or one less.

Many stagings are drawn and the boldest are looked at, at 128 pixels a side; the first in which
nothing looks strange is taken. What is looked at is what can be seen: the rings of ground around
what has moved, and the closed ground that nothing covers.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from ..filters import dilate
from ..pixels import Bools, pack_image, to_rgb
from ..source import Source
from .cutting import SIDE, rim
from .ground import Ground
from .likeness import Likeness
from .placing import Pasted, Placed
from .staged import Staged
from .subjects import Subject

DRAWS = 24
"""Stagings drawn."""
LOOKS = 8
"""Of these, the boldest that are looked at."""
CLEAR = 3
"""128ths of a side that stay clear between things, and between a thing and the frame."""
LEVEL = 0.6
"""Share of the draws in which a thing neither rises, sinks nor turns: ground is level."""
ALIKE = 2.0
"""Things whose areas differ by less than this factor are of one kind."""
SPARE = 0.05
"""Share of the picture up to which one of several things may go or come."""
MOVED = 3
"""Things that change places at once, at most."""
TRIES, NEARER = 4, 0.7
"""Places tried for a thing, each so much nearer than the one before."""
ASIDE, UP_OR_DOWN, TURN = 0.6, 0.25, np.deg2rad(14)
"""How far a thing is set at strength 1, at most, in sides, and turned: farther up or down than so,
its size would show that it was put there."""
SHRINK, GROW = 0.6, 0.45
"""The logarithm of how much smaller or larger it becomes, likewise."""
SIZE_SHOWS, MIRROR_SHOWS = 0.7, 0.1
"""What a change of size (its logarithm) and a mirrored thing count for, in sides moved."""
GOES, COMES = 1, 3
"""Of four turns, in which one of several things goes and one comes."""
CONTRAST = 36.0
"""Levels, of 255, by which the ground of the new place may differ from a thing's own: with 47 a
strip of sky came down with an ant."""
STRANGE = 0.8
"""Of what may be (`likeness`), the most that a seam or closed ground may look strange."""
RING = (3, 7)
"""128ths of a side around a thing, between which its new surroundings are looked at."""

AT_HOME = np.eye(3)[:2]
LANCZOS = Image.Resampling.LANCZOS
Plan = tuple[Placed, ...]


def restage(
    source: Source,
    rng: np.random.Generator,
    strength: float,
    go_on: Callable[[], None],
    *,
    mirror: bool,
    turn: int,
) -> Staged | None:
    """The picture with its things set anew; None if no way to do so looks right.

    turn: which of the variations of one call: of several things, by turns, one comes or goes.
    """
    stage = source.stage
    if not stage.subjects or strength == 0:
        return None
    drawn = [_draw(source, rng, strength, mirror, turn) for _ in range(DRAWS)]
    plans = sorted((plan for plan in drawn if plan), key=_boldness, reverse=True)
    if not plans:
        return None
    go_on()
    ground = _ground(source, mirror=mirror and not source.lettering.any())
    judge = _Judge(source, ground)
    for plan in plans[:LOOKS]:
        go_on()
        pasted = judge.pasted(plan)
        if pasted is not None:
            return Staged(source, ground, pasted)
    return None


def _ground(source: Source, *, mirror: bool) -> Ground:
    """The source's ground without all that can be lifted, closed once for all variations."""
    name = f"ground, mirrored {mirror}"
    if name not in source.remembered:
        stage = source.stage
        things = np.any([subject.mask for subject in stage.subjects], axis=0)
        source.remembered[name] = Ground(source, things, stage.others, mirror=mirror)
    found: Ground = source.remembered[name]
    return found


def _boldness(plan: Plan) -> float:
    return sum(placed.boldness for placed in plan)


def _draw(
    source: Source, rng: np.random.Generator, strength: float, mirror: bool, turn: int
) -> Plan | None:
    """A random plan, things farther up behind those farther down; None if things are in the way."""
    order = rng.permutation(len(source.stage.subjects))
    subjects = [source.stage.subjects[number] for number in order]
    spare = [subject for subject in subjects if _spare(subject, subjects)]
    moving = subjects[: 1 + int(rng.integers(MOVED))]
    if spare and turn % 4 == GOES:
        subjects = [subject for subject in subjects if subject is not spare[0]]
        moving = [subject for subject in moving if subject is not spare[0]][: MOVED - 1]
    staying = [subject for subject in subjects if all(each is not subject for each in moving)]
    if spare and turn % 4 == COMES:
        moving = [spare[0], *(subject for subject in moving if subject is not spare[0])]
        staying.append(spare[0])
    plan = [Placed(subject, AT_HOME, 0.0) for subject in staying]
    taken = source.stage.others.copy()
    for subject in staying:
        taken |= subject.mask
    for subject in moving:
        placed = _free_place(subject, rng, strength, mirror, taken)
        if placed is None:
            return None
        taken |= placed.mask
        plan.append(placed)
    return tuple(sorted(plan, key=lambda placed: placed.foot))


def _spare(subject: Subject, subjects: list[Subject]) -> bool:
    """Whether a thing is small and one of several of its kind."""
    least, most = subject.share / ALIKE, subject.share * ALIKE
    likes = sum(least < other.share < most for other in subjects)
    return subject.share <= SPARE and not subject.cut_below and likes > 1


def _free_place(
    subject: Subject, rng: np.random.Generator, strength: float, mirror: bool, taken: Bools
) -> Placed | None:
    """A place clear of the frame and of what is taken, nearer with each of some tries."""
    frame = rim(CLEAR)
    if subject.cut_below:
        frame[-CLEAR:] = False
    around = dilate(taken, CLEAR, CLEAR) | frame
    for attempt in range(TRIES):
        placed = _place(subject, rng, strength * NEARER**attempt, mirror)
        mask = placed.mask
        if mask.any() and not (mask & around).any() and not placed.leaves_frame:
            return placed
    return None


def _place(subject: Subject, rng: np.random.Generator, reach: float, mirror: bool) -> Placed:
    """Around the middle of a thing's foot, so that what stands on a line still does."""
    rows, columns = np.nonzero(subject.mask)
    x = (columns.min() + columns.max() + 1) / 2 / SIDE
    y = 1.0 if subject.cut_below else (rows.max() + 1) / SIDE
    right, down, turn = rng.uniform(-1, 1, 3) * (ASIDE, UP_OR_DOWN, TURN) * reach
    if subject.cut_below or rng.uniform() < LEVEL:
        down, turn = 0.0, 0.0
    grown = rng.uniform(-SHRINK, GROW) * reach
    flip = -1.0 if mirror and rng.uniform() < 0.5 else 1.0
    cosine, sine = np.cos(turn) / np.exp(grown), np.sin(turn) / np.exp(grown)
    linear = np.array([[cosine * flip, -sine * flip], [sine, cosine]])
    old, new = np.array([x, y]), np.array([x + right, y + down])
    to_old = np.concatenate([linear, (old - linear @ new)[:, None]], axis=1)
    boldness = float(abs(right) + abs(down) + SIZE_SHOWS * abs(grown) + MIRROR_SHOWS * (flip < 0))
    return Placed(subject, to_old, boldness)


class _Judge:
    """Looks at plans."""

    def __init__(self, source: Source, ground: Ground) -> None:
        self._picture = pack_image(source.at(SIDE, 1.0).resize((SIDE, SIDE), LANCZOS))
        self._hole = ground.hole
        self._empty = ground.at(self._picture)
        self._likeness = Likeness(to_rgb(self._picture), np.ones((SIDE, SIDE), np.bool_))

    def pasted(self, plan: Plan) -> tuple[Pasted, ...] | None:
        """The things of a plan in the light of their places; None if anything looks strange."""
        pixels = self._empty
        covered, seams = np.zeros((SIDE, SIDE), np.bool_), np.zeros((SIDE, SIDE), np.bool_)
        result = []
        for placed in plan:
            thing = Pasted.fit(placed, pixels, self._picture)
            if thing.contrast > CONTRAST:
                return None
            pixels = thing.paste(pixels, self._picture)
            covered |= thing.weight > 0.5
            if placed.boldness > 0:
                near, far = (dilate(placed.mask, width, width) for width in RING)
                seams |= far & ~near
            result.append(thing)
        zone = (seams & ~self._bodies(plan)) | (self._hole & ~covered)
        if self._likeness.strangeness(to_rgb(pixels), zone) > STRANGE:
            return None
        return tuple(result)

    @staticmethod
    def _bodies(plan: Plan) -> Bools:
        bodies = np.zeros((SIDE, SIDE), np.bool_)
        for placed in plan:
            bodies |= dilate(placed.mask, RING[0], RING[0])
        return bodies
