"""Making any picture fit the variations call."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from .check import MAX_PICTURE_BYTES
from .decode import open_picture
from .encode import png_smaller_than
from .normal import normalized

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Preparation", "prepare"]

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
    (EXIF orientation), 8 bits per channel, RGB or RGBA, no metadata, first picture of an
    animation, scaled down to `MAX_EDGE` and further until it fits. Crop keeps the middle. Pad
    adds bars of equal width on both sides: transparent where the picture has transparent
    pixels itself, else white.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Raises:
        InvalidPicture: the picture cannot be opened.
    """
    if how is Preparation.AS_IS:
        return data
    image = normalized(open_picture(data, name))
    square = _cropped(image) if how is Preparation.CROP else _padded(image)
    return png_smaller_than(MAX_PICTURE_BYTES, square)


def _cropped(image: Image) -> Image:
    from PIL.Image import Resampling

    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    if side <= MAX_EDGE:
        return image.crop(box)
    return image.resize((MAX_EDGE, MAX_EDGE), Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _padded(image: Image) -> Image:
    from PIL import Image as Pillow

    image.thumbnail((MAX_EDGE, MAX_EDGE), Pillow.Resampling.LANCZOS, reducing_gap=3.0)
    side = max(image.size)
    ground = (255, 255, 255, 0) if image.mode == "RGBA" else (255, 255, 255)
    square = Pillow.new(image.mode, (side, side), ground)
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
