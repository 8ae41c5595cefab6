"""Cutting out and scaling down without a second copy of a large picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .modes import simplifier

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["middle_square", "shrunk"]

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, right and bottom excluded."""

# Rows of the reduced picture that are made at a time.
_BAND = 64


def middle_square(image: Image) -> Box:
    """The largest square around the middle of a picture."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side


def shrunk(image: Image, box: Box, edge: int) -> Image:
    """The part of a picture inside `box`, no side longer than `edge`; never enlarged.

    A large picture is first averaged over blocks of whole pixels, band by band, then brought to
    its size with Lanczos: nearly the same as Lanczos alone, in a fraction of time and memory.

    Returns:
        Mode L, LA, RGB, RGBA or CMYK, with the `info` of `image`.
    """
    from PIL.Image import Resampling

    simple = simplifier(image)
    factor = max(box[2] - box[0], box[3] - box[1]) // edge
    small = simple(image.crop(box)) if factor < 2 else _reduced(image, box, factor, simple)
    small.thumbnail((edge, edge), Resampling.LANCZOS)
    return small


def _reduced(image: Image, box: Box, factor: int, simple: Callable[[Image], Image]) -> Image:
    """Average blocks of `factor` x `factor` pixels; incomplete ones at the far edges, too."""
    from PIL import Image as Pillow

    left, top, right, bottom = box
    tops = range(top, bottom, _BAND * factor)
    bands = [
        simple(image.crop((left, y, right, min(bottom, y + tops.step)))).reduce(factor)
        for y in tops
    ]
    whole = Pillow.new(bands[0].mode, (bands[0].width, sum(band.height for band in bands)))
    whole.info = dict(bands[0].info)
    for row, band in enumerate(bands):
        whole.paste(band, (0, row * _BAND))
    return whole
