"""Opening a picture in the one form that all who look at its pixels understand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .colour import to_srgb
from .decode import decode
from .shrink import middle_square, shrunk, simplified

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["open_picture", "open_small"]


def open_picture(data: bytes, name: str) -> Image:
    """Decode a picture; of an animation or a file of several pictures, the first.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Returns:
        The picture, upright (EXIF orientation), in sRGB, in mode RGBA where any pixel is
        transparent and RGB elsewhere.

    Raises:
        InvalidPicture: it is none of these, damaged, cut off, or too large to be decoded safely.
    """
    image, orientation = decode(data, name)
    return _upright(to_srgb(simplified(image)), orientation)


def open_small(data: bytes, name: str, edge: int, *, square: bool = False) -> Image:
    """As `open_picture`, scaled down until no side is longer than `edge`.

    It is turned last: a small picture is turned at once.

    Args:
        square: take only the largest square around the middle.
    """
    image, orientation = decode(data, name)
    box = middle_square(image) if square else (0, 0, *image.size)
    return _upright(to_srgb(shrunk(image, box, edge)), orientation)


def _upright(image: Image, orientation: int) -> Image:
    """Turn a picture as its EXIF orientation, 1 to 8, says."""
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image
