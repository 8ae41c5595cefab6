"""Scenes: the coarse picture is thrown into disorder and put together anew from its own patches.

A smooth random displacement moves, doubles and leaves out parts of a picture of 20 pixels a side,
and some noise lets them come loose. On three coarse levels the most similar source patches are then
searched and blended (GPNN, Granot and others, CVPR 2022). Three things GPNN lacks keep it whole:

- Large things (`things`) and lettering are fixed: they stay where the framing has put them, and
  their patches are shown nowhere else.
- A seam through a small thing puts what the framing shows back there.
- Several arrangements are made, and the one is kept that moves most and tears least.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..filters import blur, dilate
from ..heal.patchfield import HALF, PatchSource
from ..heal.voting import vote
from ..pixels import Bools, Bytes, Floats, Ints, Packed, pack_bytes, pack_image, to_image, unpack
from ..recompose.framing import Framing
from ..source import Source
from .patchsearch import PatchSearch, touching

SIZES = (20, 30, 44)
"""Pixels a side of the levels: a patch of 7 spans a third, a fourth and a sixth of the picture."""
ROUNDS = 2
"""Of search and vote on each level."""
WAVES = 4
"""Waves that make up the displacement along an axis."""
FREQUENCY = 1.0
"""Standard deviation of their frequencies, in waves a side: parts move, not details."""
SMALL = 1.5
"""Things of about so many cells (64 a side) may move, larger ones are fixed. With 3 cells the nose
of a cat that fills the picture was doubled."""
TORN = 0.5
"""A seam shows where it crosses what is a thing as surely as this."""
PRICE = 8.0
"""Of patches on such seams, in patches moved."""
ENOUGH = 0.6
"""Share of patches moved from which more is no gain."""
ATTEMPTS = (1.4, 1.0, 0.6)
"""Disorder of each attempt, in that of the strength."""
SETTLED = 0.08
"""A patch from nearer than this, in frames, has not moved."""


@dataclass(frozen=True)
class Disorder:
    """across, down: root mean square displacement, in frames. noise: standard deviation, in those
    of the picture. large: blurred thingness (0..1) from which a thing is fixed."""

    across: float
    down: float
    noise: float
    large: float

    @classmethod
    def of(cls, strength: float) -> Disorder:
        """Set by eye, to move as much as does no harm."""
        return cls(1.0 * strength, 0.25 * strength, 2.0 * strength, 0.25 + 0.2 * strength)


def synthesise(
    source: Source,
    framing: Framing,
    rng: np.random.Generator,
    strength: float,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> tuple[PatchSource, Ints, Packed]:
    """A new arrangement of a scene: patch source, field and picture of 44 pixels a side.

    go_on: called before each step; what it raises passes through.
    """
    disorder = Disorder.of(strength)
    large = (blur(source.things, SMALL) > disorder.large) | source.lettering
    levels = [_Level(source, framing, size, large, mirror=mirror) for size in SIZES]
    last = levels[-1]
    best, most = last.patches.home, -np.inf
    for amount in ATTEMPTS:
        go_on()
        picture = _disordered(levels[0], disorder, amount, rng)
        for level in levels:
            picture = level.resized(picture)
            for _ in range(ROUNDS):
                field, picture = level.rearranged(picture)
        field, torn = last.mended(field)
        gain = min(ENOUGH, last.moved(field)) - PRICE * torn
        if gain > most:
            best, most = field, gain
    return last.patches, best, vote(last.patches, best)


class _Level:
    """One size of the coarse picture, with what is fixed there."""

    def __init__(
        self, source: Source, framing: Framing, size: int, large: Bools, *, mirror: bool
    ) -> None:
        self.patches = patches = PatchSource(source, framing, size, mirror=mirror)
        straight = framing.seen(large, size, patches.margin)
        fixed = np.concatenate([touching(straight), touching(straight[:, ::-1])])
        allowed = patches.usable & ~fixed.ravel()
        self._fixed = fixed.ravel()[patches.home] & patches.usable[patches.home]
        enough = allowed.sum() > patches.span
        self._search = PatchSearch(patches, allowed if enough else patches.usable)
        things = framing.seen(source.things, size, patches.margin)
        self._things = np.concatenate([things, things[:, ::-1]]).ravel()

    @property
    def loose(self) -> Floats:
        """How free each pixel is to move, (size, size) 0..1: 0 where large things are."""
        size = self.patches.size
        fixed = np.zeros((size, size), np.float32)
        fixed[HALF : HALF + self.patches.span, HALF : HALF + self.patches.span] = self._fixed
        loose: Floats = np.clip(1 - 1.3 * blur(fixed, 1.0), 0, 1)
        return loose

    def resized(self, picture: Packed) -> Packed:
        size = self.patches.size
        if len(picture) == size:
            return picture
        return pack_image(to_image(picture).resize((size, size), Image.Resampling.BICUBIC))

    def rearranged(self, picture: Packed) -> tuple[Ints, Packed]:
        """The field most like a picture, what is fixed excepted, and the picture it makes."""
        field = np.where(self._fixed, self.patches.home, self._search.field(picture))
        return field, vote(self.patches, field)

    def mended(self, field: Ints) -> tuple[Ints, float]:
        """The field put back around seams that cross things; the share of such that remain."""
        torn = self._torn(field)
        field = np.where(dilate(torn, 2, 2), self.patches.home, field)
        return field, float(self._torn(field).mean())

    def moved(self, field: Ints) -> float:
        """Share of the patches that come from elsewhere than home, or are mirrored."""
        down, right, mirrored = self.patches.split(field)
        far = np.hypot(down, right) > SETTLED * self.patches.size
        return float((far | (mirrored > 0)).mean())

    def _torn(self, field: Ints) -> Bools:
        middle = HALF * self.patches.side + HALF
        things = self._things.take(field + middle, mode="clip")
        torn: Bools = self.patches.seams(field) & (things > TORN)
        return torn


def _disordered(
    level: _Level, disorder: Disorder, amount: float, rng: np.random.Generator
) -> Packed:
    """The frame, displaced and noisy where it is loose, as packed pixels (size, size)."""
    patches, loose = level.patches, level.loose
    size, side = patches.size, patches.side
    down, across = (
        amount * reach * size * loose * _waves(size, rng)
        for reach in (disorder.down, disorder.across)
    )
    rows, columns = np.mgrid[:size, :size] + patches.margin + 0.5
    rows = np.clip(rows + down, 0, side - 1).astype(int)
    columns = np.clip(columns + across, 0, side - 1).astype(int)
    pixels: Bytes = unpack(patches.canvas[rows, columns])
    colours = pixels[..., :3].astype(np.float32)
    spread = colours.std((0, 1)).mean() * disorder.noise * amount
    colours += rng.normal(0, 1, colours.shape) * (spread * loose)[..., None]
    pixels[..., :3] = np.clip(colours, 0, 255)
    return pack_bytes(pixels)


def _waves(size: int, rng: np.random.Generator) -> Floats:
    """A smooth random plane (size, size) of mean square 1, the low frequencies strongest."""
    x, y = np.meshgrid(*[(np.arange(size) + 0.5) / size] * 2)
    plane, power = np.zeros((size, size)), 0.0
    for _ in range(WAVES):
        along_x, along_y = rng.normal(0, FREQUENCY, 2)
        gain = float(np.exp(-(along_x**2 + along_y**2) / (2 * FREQUENCY) ** 2))
        phase = rng.uniform(0, 2 * np.pi)
        plane += gain * np.sin(2 * np.pi * (along_x * x + along_y * y) + phase)
        power += gain * gain / 2
    waves: Floats = plane / np.sqrt(max(power, 1e-9))
    return waves
