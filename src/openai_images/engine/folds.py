"""Folds: lines beside the border of a picture along which it is its own mirror image.

Ground continued by mirroring shows as one: a stem cut by the border becomes a V, the rim of a
saucer a notch. Texture is never like that, and a line that meets the border squarely always is: so
what a fold leaves unexplained is measured in units of how much the picture changes across it.
"""

from __future__ import annotations

import numpy as np

from .filters import blur
from .pixels import Floats, Packed, to_rgb

DEPTH = 4
"""Pixels of 128 on either side of a fold that are compared: a narrower one is not seen as one."""
REACH = 12
"""Pixels of 128 from the border within which a fold is one of the border."""
LENGTH = 32
"""Pixels along a fold that are compared at once."""
STEP = 4
"""Pixels from one such stretch to the next."""
LEAST_CHANGE = 0.02
"""Mean change from pixel to pixel, in brightness 0..1, below which ground is too flat for one."""
PLAIN = 0.16
"""Share left unexplained below which a fold is plain: a strip mirrored at any row leaves 0.00 to
0.155, as resampling blurs it; of 66 scenes nine in ten leave more than 0.18, half more than 0.7."""


def unfolded(picture: Packed) -> float:
    """The least share of change that a fold beside the border leaves unexplained: 0 is a mirror.

    picture: (128, 128). Infinite if all is too flat beside the border.
    """
    rgb = blur(to_rgb(picture), 1.0)
    return min(_least(np.rot90(rgb, turns)[: REACH + DEPTH + 1]) for turns in range(4))


def _least(strip: Floats) -> float:
    """Of all folds along and between the rows of a strip, (rows, columns, 3)."""
    change = _across(np.diff(strip, axis=0))
    least = np.inf
    for above in range(DEPTH - 1, len(strip) - DEPTH - 1):
        for below in (above + 1, above + 2):
            folded = strip[below : below + DEPTH] - strip[above - DEPTH + 1 : above + 1][::-1]
            changed = change[above - DEPTH + 1 : below + DEPTH - 1].sum(0)
            seen = changed > LEAST_CHANGE**2 * (below - above + 2 * DEPTH - 2) * LENGTH
            if seen.any():
                least = min(least, float((_across(folded).sum(0)[seen] / changed[seen]).min()))
    return least


def _across(differences: Floats) -> Floats:
    """Squares of (rows, columns, 3), summed over each stretch of columns: (rows, stretches).

    Less what a whole row has in common: a stripe beside the border is no fold.
    """
    sums = np.zeros((2, *differences.shape[:1], differences.shape[1] + 1, 3), np.float32)
    np.cumsum(np.stack([differences, differences**2]), 2, out=sums[:, :, 1:])
    total, squares = sums[:, :, LENGTH::STEP] - sums[:, :, :-LENGTH:STEP]
    spread: Floats = (squares - total**2 / LENGTH).sum(-1)
    return spread
