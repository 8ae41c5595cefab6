"""Padding: bars of one colour that make a photograph square, on both sides or above and below.

They are not part of what is shown. A variation that framed it anew would end beside them, so the
photograph is taken as if it had come without them: its middle square fills the frame. The bars
beside a drawing may be part of it.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from .islands import drawn
from .pixels import Bytes

ALIKE = 12
"""Levels (0..255) by which a bar's pixels may differ: what JPEG leaves of one colour."""
LEAST = 0.02
"""Width of a bar, in sides, from which it is one."""
EVEN = 0.01
"""By how many sides the two bars may differ in width."""


def unpadded(square: Image.Image) -> Image.Image:
    """The middle square between the bars of an RGB square; the whole square if there are none."""
    if square.mode != "RGB":
        return square
    pixels = np.asarray(square)
    rows, columns = _bars(pixels), _bars(pixels.swapaxes(0, 1))
    if (rows > 0) == (columns > 0):
        return square
    bar = rows or columns
    side = square.width - 2 * bar
    inner = square.crop((bar, bar, bar + side, bar + side))
    return square if drawn(inner.convert("RGBX")) else inner


def _bars(pixels: Bytes) -> int:
    """Rows of the wider of two bars of one colour, above and below; 0 if there are no two."""
    side = len(pixels)
    if (np.ptp(pixels[[0, -1]], axis=(0, 1)) > 2 * ALIKE).any():
        return 0
    colour = np.median(pixels[0], axis=0)
    plain = (np.abs(pixels - colour) <= ALIKE).all((1, 2))
    if plain.all():
        return 0
    above, below = int(plain.argmin()), int(plain[::-1].argmin())
    even = abs(above - below) <= max(2, EVEN * side)
    return max(above, below) if even and min(above, below) >= LEAST * side else 0
