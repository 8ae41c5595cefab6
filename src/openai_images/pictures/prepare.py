"""Making any picture fit the variations call, or a thumbnail."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .check import MAX_PICTURE_BYTES
from .encode import png_smaller_than, to_png
from .open import open_small

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_EDGE", "Preparation", "prepare", "thumbnail"]

# Twice the largest size that the call returns; what is finer only costs time and upload.
MAX_EDGE = 2048


class Preparation(str, Enum):
    """How a picture is made square."""

    AS_IS = "as_is"
    CROP = "crop"
    PAD = "pad"


def prepare(data: bytes, name: str, how: Preparation) -> bytes:
    """The picture as a file that the call takes.

    As it is: `data` untouched and unchecked. Else a square PNG of less than 4 MB: upright
    (EXIF orientation), sRGB, 8 bits per channel, RGB or RGBA, without metadata, the first
    picture of an animation, scaled down to `MAX_EDGE` and further until it fits. Crop keeps the
    middle. Pad adds bars of equal width on both sides: transparent where the picture has
    transparent pixels itself, else white.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Raises:
        InvalidPicture: the picture cannot be opened.
    """
    if how is Preparation.AS_IS:
        return data
    image = open_small(data, name, MAX_EDGE, square=how is Preparation.CROP)
    return png_smaller_than(MAX_PICTURE_BYTES, _padded(image))


def thumbnail(data: bytes, edge: int) -> bytes:
    """A PNG of the picture in `data`, scaled down to at most `edge` x `edge` pixels.

    Raises:
        InvalidPicture: `data` is no picture that can be opened.
    """
    return to_png(open_small(data, "The picture", edge))


def _padded(image: Image) -> Image:
    """The picture in the middle of a square."""
    from PIL import Image as Pillow

    side = max(image.size)
    if image.size == (side, side):
        return image
    ground = (255, 255, 255, 0) if image.mode == "RGBA" else (255, 255, 255)
    square = Pillow.new(image.mode, (side, side), ground)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
