"""Drawings: the things that stand free on a ground of one colour.

A thing whose surroundings are all of one colour can be shifted, turned and resized there without a
seam (`recompose.moves`). That is what a drawing allows where a photograph allows the exchange of
its texture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .filters import box_any
from .labels import Regions, groups
from .pixels import Bools, Ints, Packed, pack_image, unpack

SIDE = 256
"""Pixels a side at which a picture is taken apart."""
FLAT = 8
"""Greatest difference of levels (0..255) between neighbours on flat ground."""
LEAST_GROUND = 0.08
"""Share of the picture from which a flat area counts as ground."""
TOGETHER = 0.035
"""Things whose boxes come this near, in picture sides, belong together."""
DRAWING = 0.8
"""Share of exactly equal neighbours from which a picture counts as drawn: they have about 0.9."""
MOST = 8
"""Islands moved at most, the largest first."""


@dataclass(frozen=True)
class Island:
    """A thing on flat ground: where it is, (256, 256); the ground it may move on, itself included;
    and the ground's packed colour."""

    mask: Bools
    ground: Bools
    colour: int

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the middle of its box, 0..1."""
        rows, columns = np.nonzero(self.mask)
        x, y = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
        return float(x / SIDE), float(y / SIDE)


def drawn(image: Image.Image) -> bool:
    """Whether a picture (RGBX) is made of flat colours."""
    pixels = pack_image(image)
    return bool((pixels[:, 1:] == pixels[:, :-1]).mean() >= DRAWING)


@dataclass(frozen=True)
class PlainGround:
    """Connected ground of one colour that reaches the rim: where, (256, 256), and packed colour."""

    mask: Bools
    colour: int


def find_grounds(image: Image.Image) -> tuple[PlainGround, ...]:
    """The plain grounds of a square picture (RGBX)."""
    pixels = pack_image(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    areas = Regions.of(_flat(pixels), only_set=True)
    found: list[PlainGround] = []
    for number in np.flatnonzero((areas.classes == 1) & (areas.area >= LEAST_GROUND * SIDE**2)):
        ground = areas.numbers == number
        colours = unpack(pixels[ground]).astype(np.int64)
        if touches_rim(ground) and np.ptp(colours, axis=0).max() <= 2 * FLAT:
            found.append(PlainGround(ground, int(np.median(pixels[ground]))))
    return tuple(found)


def find_islands(grounds: tuple[PlainGround, ...]) -> tuple[Island, ...]:
    """What stands on plain grounds, the largest first, at most eight.

    Only ground that reaches the rim counts: eyes stay where they are in a face.
    """
    found = [island for ground in grounds for island in _islands_on(ground.mask, ground.colour)]
    found.sort(key=lambda island: -int(island.mask.sum()))
    return tuple(found[:MOST])


def _flat(pixels: Packed) -> Bools:
    """Pixels that differ from none of their neighbours."""
    rgba = unpack(pixels).astype(np.int16)
    edge = np.zeros(pixels.shape, np.bool_)
    edge[1:] |= np.abs(rgba[1:] - rgba[:-1]).max(-1) > FLAT
    edge[:, 1:] |= np.abs(rgba[:, 1:] - rgba[:, :-1]).max(-1) > FLAT
    return ~box_any(np.pad(edge, 1), 3)


def _islands_on(ground: Bools, colour: int) -> Iterator[Island]:
    """What the ground surrounds wholly, neighbours taken together."""
    rest = Regions.of(~ground, only_set=True)
    inside = (rest.top > 0) & (rest.left > 0) & (rest.bottom < SIDE - 1) & (rest.right < SIDE - 1)
    things = np.flatnonzero((rest.classes == 1) & inside)
    together = groups(len(things), _near(rest, things))
    for number in np.unique(together):
        mask = np.isin(rest.numbers, things[together == number])
        if mask.sum() >= 12:
            yield Island(mask, ground | mask, colour)


def _near(regions: Regions, things: Ints) -> Ints:
    """Pairs (m, 2) of things whose boxes, with some room, meet."""
    room = TOGETHER * SIDE / 2
    top, bottom = regions.top[things] - room, regions.bottom[things] + room
    left, right = regions.left[things] - room, regions.right[things] + room
    meet = (top[:, None] <= bottom) & (top <= bottom[:, None])
    meet &= (left[:, None] <= right) & (left <= right[:, None])
    return np.argwhere(meet)


def touches_rim(mask: Bools) -> bool:
    """Whether any pixel of the outermost rows and columns is set."""
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())
