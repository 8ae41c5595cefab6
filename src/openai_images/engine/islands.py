"""Drawings: the things that stand free on a ground of one colour, and how they may be moved.

A thing whose surroundings are all of one colour can be shifted, turned and resized there without a
seam. That is what a drawing allows where a photograph allows the exchange of its texture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .filters import box_any, dilate
from .labels import Regions, groups
from .pixels import Bools, Floats, Ints, Packed, pack_image, unpack

SIDE = 256
"""Pixels a side at which a picture is taken apart."""
FLAT = 8
"""Greatest difference of levels (0..255) between neighbours on flat ground."""
LEAST_GROUND = 0.08
"""Share of the picture from which a flat area counts as ground."""
ROOM = 3
"""Pixels of ground that move along with a thing, for its soft edges."""
TOGETHER = 0.035
"""Things whose boxes come this near, in picture sides, belong together."""
MOST = 8
"""Islands moved at most, the largest first."""
TRIES = 12


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


def drawn(image: Image.Image) -> float:
    """Share of neighbouring pixels that are exactly equal, 0..1: about 0.9 in a drawing."""
    pixels = pack_image(image)
    return float((pixels[:, 1:] == pixels[:, :-1]).mean())


def find_islands(image: Image.Image) -> tuple[Island, ...]:
    """The islands of a square picture (RGBX), the largest first, at most eight.

    Only ground that reaches the rim counts: eyes stay where they are in a face.
    """
    pixels = pack_image(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    areas = Regions.of(_flat(pixels))
    found: list[Island] = []
    for number in np.flatnonzero((areas.classes == 1) & (areas.area >= LEAST_GROUND * SIDE**2)):
        ground = areas.numbers == number
        colours = unpack(pixels[ground]).astype(np.int64)
        if _touches_rim(ground) and np.ptp(colours, axis=0).max() <= 2 * FLAT:
            found.extend(_islands_on(ground, int(np.median(pixels[ground]))))
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
    rest = Regions.of(~ground)
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


@dataclass(frozen=True)
class Move:
    """One island's new place: (2, 3) from new to old places, both in picture sides."""

    island: Island
    to_old: Floats

    def transform(self, image: Image.Image, resample: Image.Resampling) -> Image.Image:
        """A square picture as the move shows it."""
        coefficients = self.to_old.copy()
        coefficients[:, 2] *= image.width
        return image.transform(
            image.size, Image.Transform.AFFINE, tuple(coefficients.ravel()), resample
        )


def draw_moves(
    islands: tuple[Island, ...],
    lettering: Bools,
    rng: np.random.Generator,
    strength: float,
    *,
    mirror: bool,
) -> tuple[Move, ...]:
    """New places for islands, each on its own ground and clear of the others.

    lettering: (cells, cells), see `lettering`; an island with any is neither turned nor mirrored.
    """
    cells = len(lettering)
    written = np.kron(lettering, np.ones((SIDE // cells, SIDE // cells), np.bool_))
    taken = np.zeros((SIDE, SIDE), np.bool_)
    moves: list[Move] = []
    for island in islands:
        upright = bool((island.mask & written).any())
        for attempt in range(TRIES):
            reach = strength * 0.85**attempt
            move = Move(island, _draw(island, rng, reach, upright, mirror and not upright))
            mask = Image.fromarray(_roomy(island.mask).astype(np.uint8) * 255)
            shown = np.asarray(move.transform(mask, Image.Resampling.NEAREST)) > 0
            whole = shown.sum() > 0.5 * island.mask.sum() and not _touches_rim(shown)
            if whole and not (shown & (~island.ground | taken)).any():
                taken |= shown
                moves.append(move)
                break
        else:
            taken |= island.mask
    return tuple(moves)


def _draw(
    island: Island, rng: np.random.Generator, reach: float, upright: bool, mirror: bool
) -> Floats:
    x, y = island.centre
    right, down = rng.uniform(-0.24, 0.24, 2) * reach
    shrink = float(np.exp(rng.uniform(-0.4, 0.4) * reach))
    turn = 0.0 if upright else float(np.deg2rad(rng.uniform(-24, 24) * reach))
    flip = -1.0 if mirror and rng.uniform() < 0.5 else 1.0
    cosine, sine = np.cos(turn) * shrink, np.sin(turn) * shrink
    linear = np.array([[cosine * flip, -sine * flip], [sine, cosine]])
    old, new = np.array([x, y]), np.array([x + right, y + down])
    return np.concatenate([linear, (old - linear @ new)[:, None]], axis=1)


def _roomy(mask: Bools) -> Bools:
    return dilate(mask, ROOM, ROOM)


def _touches_rim(mask: Bools) -> bool:
    return bool(mask[0].any() or mask[-1].any() or mask[:, 0].any() or mask[:, -1].any())


def rearrange(image: Image.Image, moves: tuple[Move, ...]) -> Image.Image:
    """A square picture (RGBX, any size) with islands moved."""
    if not moves:
        return image
    result = image.copy()
    masks = []
    for move in moves:
        mask = Image.fromarray(_roomy(move.island.mask).astype(np.uint8) * 255)
        mask = mask.resize(image.size, Image.Resampling.BILINEAR)
        masks.append(mask)
        ground = tuple(int(value) for value in np.array([move.island.colour], "<u4").view(np.uint8))
        result.paste(ground, mask=mask.point(lambda level: 255 if level else 0))
    for move, mask in zip(moves, masks, strict=True):
        shown = move.transform(mask, Image.Resampling.BILINEAR)
        result.paste(move.transform(image, Image.Resampling.BICUBIC), mask=shown)
    return result


def rearrange_map(plane: Floats, moves: tuple[Move, ...]) -> Floats:
    """A map of a picture (n, n), n a divisor of 256, as it becomes when islands are moved."""
    if not moves:
        return plane
    cell = SIDE // len(plane)
    fine = np.kron(plane, np.ones((cell, cell)))
    result = fine.copy()
    for move in moves:
        result[_roomy(move.island.mask)] = 0
    for move in moves:
        alone = np.where(_roomy(move.island.mask), fine, 0).astype(np.float32)
        moved = move.transform(Image.fromarray(alone), Image.Resampling.NEAREST)
        result = np.maximum(result, np.asarray(moved))
    means: Floats = result.reshape(len(plane), cell, len(plane), cell).mean((1, 3))
    rearranged: Floats = means * (plane.sum() / max(float(means.sum()), 1e-12))
    return rearranged
