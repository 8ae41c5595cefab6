"""Writing pictures as PNG."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["png_smaller_than", "thumbnail", "to_png"]

# A picture this small fits in 4 MB whatever it shows: 4 bytes x 512 x 512 is 1 MB.
_PROBE = 512

# Aims this much below the limit, for a prediction is never exact.
_MARGIN = 0.92


def to_png(image: Image) -> bytes:
    """The content of a PNG file; only pixels and transparency are written, no metadata."""
    file = BytesIO()
    image.save(file, "PNG", icc_profile=None, exif=None, pnginfo=None)
    return file.getvalue()


def thumbnail(data: bytes, edge: int) -> bytes:
    """A PNG of the picture in `data`, scaled down to at most `edge` x `edge` pixels.

    Raises:
        InvalidPicture: `data` is no picture that can be opened.
    """
    from .decode import open_picture
    from .normal import normalized

    image = normalized(open_picture(data, "picture"))
    image.thumbnail((edge, edge))
    return to_png(image)


def png_smaller_than(limit: int, image: Image) -> bytes:
    """Encode a square picture as PNG, scaled down (Lanczos) as far as `limit` bytes demand.

    How well a picture compresses cannot be told without compressing it, so a small copy is
    encoded first; bytes per pixel hardly grow with the size, so its file predicts the largest
    edge that fits. One or two encodings follow: each that is still too large corrects the
    prediction, and no prediction grows back.

    Args:
        limit: in bytes, above 2 MB.
        image: mode RGB or RGBA.
    """
    edge = min(image.width, _PROBE)
    content = _scaled_png(image, edge)
    if edge == image.width:
        return content
    largest = image.width
    while True:
        per_pixel = len(content) / edge**2
        edge = min(largest, int(math.sqrt(_MARGIN * limit / per_pixel)))
        content = _scaled_png(image, edge)
        if len(content) < limit:
            return content
        largest = edge - 1


def _scaled_png(image: Image, edge: int) -> bytes:
    from PIL.Image import Resampling

    if edge == image.width:
        return to_png(image)
    return to_png(image.resize((edge, edge), Resampling.LANCZOS, reducing_gap=3.0))
