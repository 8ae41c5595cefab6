"""New places for the islands of a drawing: shifted, turned, resized, mirrored, never in the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..filters import dilate
from ..islands import SIDE, Island, touches_rim
from ..pixels import Bools, Floats

ROOM = 3
"""Pixels of ground, of 256, that move along with a thing, for its soft edges."""
TRIES = 12
"""Places tried for an island, each 0.85 as far away as the one before, until one is free."""


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
            whole = shown.sum() > 0.5 * island.mask.sum() and not touches_rim(shown)
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
