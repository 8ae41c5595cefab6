"""From a patch field to a picture: copies where patches agree, weighted means on the seams.

Overlapping patches vote for the colour of each pixel as in Wexler, Shechtman, Irani (PAMI 2007);
only pixels near a seam need the vote, all others are exact copies of the source.

``take`` in mode clip, of places that are all inside, costs a third less than with a check of each.
"""

from __future__ import annotations

import numpy as np

from ..pixels import Bools, Floats, Ints, Packed, pack_bytes, unpack
from .patchfield import HALF, PATCH, PatchSource

LEAST_WEIGHT = 0.02
"""Places of the window that count for less than this are left out of a vote: of `BLEND` all beyond
two pixels, a fifth of the weight and half of the time."""


def vote(
    source: PatchSource, field: Ints, trust: Floats | None = None, window: Floats | None = None
) -> Packed:
    """The picture (size, size) of a field.

    trust: (span, span) weight of each patch, above 0. window: (PATCH, PATCH) weight of each place
    in a patch. Both are even if not given.
    """
    picture = _copy(source, field)
    rows, columns = (axis.astype(np.int32) for axis in np.nonzero(source.seam_pixels(field)))
    if len(rows):
        blended, voted = _blend(source, field, rows, columns, trust, window)
        picture[rows[voted], columns[voted]] = blended[voted]
    return picture


def _copy(source: PatchSource, field: Ints) -> Packed:
    """Each pixel from the patch it is the middle of (at the rim: from the nearest patch)."""
    patch = np.clip(np.arange(source.size) - HALF, 0, source.span - 1)
    inside = (np.arange(source.size) - patch).astype(np.int32)
    places = field[patch][:, patch] + (inside * source.side)[:, None] + inside[None]
    return source.pixels.take(places, mode="clip")


def _blend(
    source: PatchSource,
    field: Ints,
    rows: Ints,
    columns: Ints,
    trust: Floats | None,
    window: Floats | None,
) -> tuple[Packed, Bools]:
    """Weighted means, at the pixels given, over all patches that cover them.

    And which pixels have any: at the rim there may be no patch whose place counts for enough.
    """
    rim = PATCH - 1
    wide = source.span + 2 * rim
    inner = slice(rim, rim + source.span)
    places = np.zeros((wide, wide), np.int32)
    places[inner, inner] = field
    weights = np.zeros((wide, wide), np.float32)
    weights[inner, inner] = 1 if trust is None else trust
    pixels = (rows + rim) * wide + columns + rim
    total = np.zeros((len(rows), 4), np.float32)
    weight = np.zeros(len(rows), np.float32)
    for down in range(PATCH):
        for right in range(PATCH):
            share = np.float32(1 if window is None else window[down, right])
            if share < LEAST_WEIGHT:
                continue
            patch = pixels - (down * wide + right)
            part = weights.take(patch, mode="clip") * share
            corner = places.take(patch, mode="clip") + (down * source.side + right)
            colours = source.pixels.take(corner, mode="clip")
            total += part[:, None] * unpack(colours)
            weight += part
    mean = total / np.maximum(weight, 1e-12)[:, None] + 0.5
    return pack_bytes(mean.astype(np.uint8)), weight > 0
