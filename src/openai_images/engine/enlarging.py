"""Enlarging a small picture by what it shows itself, one scale down.

Bicubic enlargement leaves out the finest band. Edges and grain look alike across scales, so that
band is taken from the source, place by place, from where the source without it looks most like the
enlargement: within a pixel of the same place (Freedman, Fattal, "Image and video upscaling from
local self-examples", TOG 2011; Glasner, Bagon, Irani, ICCV 2009).
"""

from __future__ import annotations

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
STRIPE = 64
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
    for top in range(0, side, STRIPE):
        rows = slice(top, min(side, top + STRIPE))
        window = target[rows.start : rows.stop + 2]
        band = _band(window, guide, grey - guide, middles[rows], middles)
        colours = pixels[rows, :, :3] + band[..., None]
        pixels[rows, :, :3] = np.clip(colours + np.float32(0.5), 0, 255)
    return Image.frombytes("RGBX", (side, side), pixels.tobytes())


def _band(target: Floats, guide: Floats, band: Floats, rows: Ints, columns: Ints) -> Floats:
    """The band of brightness at places within a pixel of (rows, columns), the alike ones most.

    target: (len(rows) + 2, len(columns) + 2); guide, band: of the source. Returns (len(rows),
    len(columns)).
    """
    last = len(guide) - 1
    down, across = (
        [np.clip(middles + step, 0, last) for step in range(-2, 3)] for middles in (rows, columns)
    )
    seen = [[guide.take(each, 0).take(other, 1) for other in across] for each in down]
    height, width = len(rows), len(columns)
    errors = np.zeros((len(NEAR), height, width), np.float32)
    for error, (row, column) in zip(errors, NEAR, strict=True):
        for below, beside in NEAR:
            difference = seen[2 + row + below][2 + column + beside]
            difference = difference - target[1 + below :, 1 + beside :][:height, :width]
            difference *= difference
            error += difference
    least = errors.min(0)
    errors -= least
    errors /= -(LIKENESS + least)
    weights = np.exp(errors, out=errors)
    total = np.zeros((height, width), np.float32)
    for weight, (row, column) in zip(weights, NEAR, strict=True):
        total += weight * band.take(down[2 + row], 0).take(across[2 + column], 1)
    total /= weights.sum(0)
    return total
