"""Laying one picture over another so that the ground of both has the same light.

The difference of their grounds along a seam, spread smoothly, is added to what is laid over: the
membrane of seamless cloning (Perez, Gangnet, Blake, SIGGRAPH 2003) without its solver.
"""

from __future__ import annotations

import numpy as np

from ..filters import blur
from ..pixels import Bools, Floats, Packed, pack_bytes, resize_plane, unpack

LIGHT = 4.0
"""Blur of the difference of two grounds, in pixels of 128, so that it is light and not texture."""
SMOOTH = (1, 2, 4, 8, 16)
"""Blurs, in pixels, of which a place takes the narrowest that knows anything."""


def filled_in(planes: Floats, hole: Bools) -> Floats:
    """(n, n, channels) with a hole, (n, n), filled smoothly from its surroundings."""
    known = (~hole)[..., None].astype(np.float32)
    total, weight = np.zeros_like(planes), np.zeros_like(known)
    for sigma in SMOOTH:
        share = np.float32(4.0 ** -min(sigma, 8) / sigma)
        total += share * blur(planes * known, sigma)
        weight += share * blur(known, sigma)
    return np.where(hole[..., None], total / np.maximum(weight, 1e-30), planes)


def mixed(below: Packed, above: Packed, weight: Floats, light: Floats) -> Packed:
    """``above``, in another light, laid over ``below`` where it has weight.

    below, above: (side, side), any side. weight: (128, 128), 0..1. light: (128, 128, 3), 0..255.
    """
    side = len(below)
    share = np.clip(resize_plane(weight, side, side), 0, 1)
    rows, columns = (np.flatnonzero(share.max(axis) > 1 / 255) for axis in (1, 0))
    if not len(rows):
        return below
    box = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    added = [resize_plane(plane, side, side)[box] for plane in np.moveaxis(light, 2, 0)]
    wanted = np.clip(colours(above[box]) + np.stack(added, -1), 0, 255)
    shown = colours(below[box])
    rgba = np.full((*shown.shape[:2], 4), 255, np.uint8)
    rgba[..., :3] = shown + share[box][..., None] * (wanted - shown) + 0.5
    result = below.copy()
    result[box] = pack_bytes(rgba)
    return result


def colours(pixels: Packed) -> Floats:
    """(..., 3) float32, 0..255."""
    levels: Floats = unpack(pixels)[..., :3].astype(np.float32)
    return levels
