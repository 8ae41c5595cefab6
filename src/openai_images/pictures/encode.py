"""Pictures as PNG files: written, or kept where they are such already."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from ..errors import InvalidPicture
from .formats import Broken, Layout
from .formats.png import PngLayout
from .open import layout_of, open_picture, unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["CleanPng", "clean_png", "png_smaller_than", "to_png"]

# A picture this small fits in 4 MB whatever it shows: 4 bytes x 512 x 512 is 1 MB.
_PROBE = 512

# Aims this much below the limit, for a prediction is never exact.
_MARGIN = 0.92

# zlib's level: on photographs 4 takes 40 % of the time of the usual 6, for 3 % more bytes; 1 takes
# 60 % of the time of 4, for 12 % more, and bounds that of pictures larger than the calls make.
_LEVEL, _LEVEL_OF_LARGE, _LARGE = 4, 1, 5_000_000

# Of a picture that is encoded anew: decoded, converted, and the file at worst.
_BYTES_PER_PIXEL = 4 + 4 + 4


def to_png(image: Image) -> bytes:
    """The content of a PNG file; only pixels and transparency are written, no metadata."""
    file = BytesIO()
    level = _LEVEL_OF_LARGE if image.width * image.height > _LARGE else _LEVEL
    image.save(file, "PNG", icc_profile=None, compress_level=level)
    return file.getvalue()


class CleanPng(NamedTuple):
    """The content of a PNG file without metadata, and its size in pixels."""

    content: bytes
    width: int
    height: int


def clean_png(
    data: bytes, name: str, *, most_pixels: int | None = None, room: int | None = None
) -> CleanPng:
    """Any picture as a PNG file that every decoder shows alike, and that holds nothing else.

    A PNG with 8 bits per channel, upright, in sRGB keeps its compressed pixels, once they are
    known to be whole; every other picture is opened and encoded anew.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.
        most_pixels: width times height that it may have; None for what can be decoded at all.
        room: bytes that may be taken beside `data`, for the pixels and the new file; likewise.

    Raises:
        InvalidPicture: it is none of these, damaged, cut off, or too large.
    """
    layout = layout_of(data, name)
    pixels = layout.width * layout.height
    _check(name, layout, pixels, most_pixels, "pixels")
    if isinstance(layout, PngLayout) and layout.is_plain and _is_whole(layout, name):
        _check(name, layout, 0 if layout.pixels is data else len(layout.pixels), room, "bytes")
        return CleanPng(layout.pixels, layout.width, layout.height)
    _check(name, layout, pixels * _BYTES_PER_PIXEL, room, "bytes")
    image = open_picture(data, name)
    return CleanPng(to_png(image), image.width, image.height)


def _is_whole(layout: PngLayout, name: str) -> bool:
    try:
        layout.check_memory()
        return layout.has_just_its_rows()
    except Broken as error:
        raise unreadable(name, "PNG", error) from None


def _check(name: str, layout: Layout, needed: int, left: int | None, what: str) -> None:
    if left is not None and needed > left:
        raise InvalidPicture(
            f"{name} is {layout.size} and needs {needed:,} {what}, of which {max(0, left):,} are "
            "left for the pictures of one call."
        )


def png_smaller_than(limit: int, image: Image) -> bytes:
    """Encode a square picture as PNG, scaled down (Lanczos) as far as `limit` demands.

    How well a picture compresses cannot be told without compressing it, so a small copy is
    encoded first. Pixels of a small copy differ more from their neighbours than those of a large
    one, so its bytes per pixel predict, on the safe side, the largest edge that fits. A file
    that is too large all the same corrects the prediction. It ends: the edge only falls, and a
    PNG hardly exceeds 4 bytes per pixel whatever it shows.

    Args:
        limit: in bytes, over 2 MB.
        image: mode RGB or RGBA.
    """
    if image.width <= _PROBE:
        return to_png(image)
    edge, content = _PROBE, _scaled_png(image, _PROBE)
    largest = image.width
    while True:
        edge = min(largest, int(edge * math.sqrt(_MARGIN * limit / len(content))))
        content = _scaled_png(image, edge)
        if len(content) < limit:
            return content
        largest = edge - 1


def _scaled_png(image: Image, edge: int) -> bytes:
    from PIL.Image import Resampling

    if edge == image.width:
        return to_png(image)
    return to_png(image.resize((edge, edge), Resampling.LANCZOS, reducing_gap=3.0))
