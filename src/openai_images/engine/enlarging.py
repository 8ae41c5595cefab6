"""Enlarging a small picture by what it shows itself, one scale down.

Bicubic enlargement leaves out the finest band. Edges and grain look alike across scales, so that
band is taken from the source, place by place, from where the source without it looks most like the
enlargement: within a pixel of the same place (Freedman, Fattal, "Image and video upscaling from
local self-examples", TOG 2011; Glasner, Bagon, Irani, ICCV 2009).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from .pixels import Floats, Ints, luma, resize_plane

STEP = 1.42
"""Enlargement at once: twice it makes a doubling. Smaller steps find more alike and take longer."""
NEAR = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
"""Pixels of a patch, and also the places compared around the same one."""
LIKENESS = np.float32(9 * 4**2)
"""Squared difference of patches (9 levels of brightness, 0..255) at which a place counts e times
less: means over several show neither grain nor facets, which the best alone does."""
STRIPE = 32
"""Rows worked on at a time, to bound memory."""


def enlarge(image: Image.Image, side: int) -> Image.Image:
    """A square picture (RGBX) at ``side`` pixels, sharper than resampling makes it."""
    while image.width < side:
        image = _enlarged(image, min(side, int(image.width * STEP) + 1))
    return image


def _enlarged(image: Image.Image, side: int) -> Image.Image:
    pixels = np.array(image.resize((side, side), Image.Resampling.BICUBIC))
    grey = luma(np.asarray(image, np.float32))
    reduced = max(1, round(image.width * image.width / side))
    guide = resize_plane(resize_plane(grey, reduced, reduced), *grey.shape)
    target = np.pad(luma(pixels.astype(np.float32)), 1, mode="edge")
    middles = np.floor((np.arange(side) + 0.5) * image.width / side).astype(np.int64)
    places = [np.clip(middles + step, 0, image.width - 1) for step in range(-2, 3)]
    # To their new width once, as it costs more than to choose rows.
    guides = [guide.take(columns, 1) for columns in places]
    bands = [(grey - guide).take(columns, 1) for columns in places[1:-1]]
    for top in range(0, side, STRIPE):
        rows = slice(top, min(side, top + STRIPE))
        band = _band(
            target[rows.start : rows.stop + 2], guides, bands, [each[rows] for each in places]
        )
        for channel in np.moveaxis(pixels[rows, :, :3], 2, 0):
            channel[:] = np.clip(channel + band + np.float32(0.5), 0, 255)
    return Image.frombytes("RGBX", (side, side), pixels.tobytes())


def _band(
    target: Floats, guides: Sequence[Floats], bands: Sequence[Floats], places: Sequence[Ints]
) -> Floats:
    """The band of brightness at places within a pixel of the same ones, the alike ones most.

    target: (rows + 2, columns + 2). guides, bands: of the source, (its rows, columns), at the
    columns from two or one before the same ones to as many after. places: its rows, in the same
    way, five of (rows,). Returns (rows, columns).
    """
    seen = [[guide.take(rows, 0) for guide in guides] for rows in places]
    height, width = seen[0][0].shape
    wanted = [
        np.ascontiguousarray(target[1 + below :, 1 + beside :][:height, :width])
        for below, beside in NEAR
    ]
    errors = np.zeros((len(NEAR), height, width), np.float32)
    difference = np.empty((height, width), np.float32)
    for error, (row, column) in zip(errors, NEAR, strict=True):
        for pixel, (below, beside) in zip(wanted, NEAR, strict=True):
            np.subtract(seen[2 + row + below][2 + column + beside], pixel, out=difference)
            error += np.multiply(difference, difference, out=difference)
    least = errors.min(0)
    errors -= least
    errors /= -(LIKENESS + least)
    weights = np.exp(errors, out=errors)
    total = np.zeros((height, width), np.float32)
    for weight, (row, column) in zip(weights, NEAR, strict=True):
        total += weight * bands[1 + column].take(places[2 + row], 0)
    total /= weights.sum(0)
    return total
