"""Cutting out, simplifying and scaling down without a second copy of a large picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .colour import is_simple, simplifier

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["middle_square", "reduced", "simplified"]

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom excluded."""

# Pixels that are read at a time: 4 MB of them. Fewer would mean many bands in a tall picture, and
# some conversions take milliseconds to set up.
_BAND_PIXELS = 1_000_000


def middle_square(image: Image) -> Box:
    """The largest square around the middle of a picture."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side


def simplified(image: Image) -> Image:
    """The picture in mode L, LA, RGB, RGBA or CMYK, with the same `info`."""
    if is_simple(image):
        return image
    return _in_bands(image, (0, 0, *image.size), 1, simplifier(image))


def reduced(image: Image, box: Box, edge: int) -> Image:
    """The part of a picture inside `box`, simplified, averaged over blocks of whole pixels.

    The longer side gets `edge` pixels or more, but less than twice as many; nothing is enlarged.
    """
    simple = simplifier(image)
    factor = max(1, max(box[2] - box[0], box[3] - box[1]) // edge)
    return _in_bands(image, box, factor, lambda band: simple(band).reduce(factor))


def _in_bands(image: Image, box: Box, factor: int, make: Callable[[Image], Image]) -> Image:
    """Put together what `make` gives for one band of rows in `box` after the other.

    `make` scales down by `factor`; incomplete blocks at the far edges count as whole ones.
    """
    from PIL import Image as Pillow

    left, top, right, bottom = box
    size = -(-(right - left) // factor), -(-(bottom - top) // factor)
    rows = max(1, _BAND_PIXELS // ((right - left) * factor))
    step = rows * factor
    first = make(image.crop((left, top, right, min(bottom, top + step))))
    whole = Pillow.new(first.mode, size)
    whole.paste(first)
    for number, y in enumerate(range(top + step, bottom, step), start=1):
        band = image.crop((left, y, right, min(bottom, y + step)))
        whole.paste(make(band), (0, number * rows))
    whole.info = dict(first.info)
    return whole
