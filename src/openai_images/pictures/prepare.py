"""Making any picture fit the variations call, or a thumbnail."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import reduce
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple, SupportsBytes

from .check import MAX_EDGE, SquarePicture, is_square_png, size_of
from .colour import simplifier
from .formats import sniff
from .open import open_small
from .shrink import Box

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_EDGE", "Preparation", "Prepared", "prepare", "thumbnail"]

# A ground is judged along the sides of a picture: in 128 cells a side, each the mean of as many
# pixels as there are (noise of a scan or a JPEG file does not count). It has one colour where so
# many cells are so near to their median, of 255 per channel.
_CELLS = 128
_GROUND_SHARE = 0.97
_GROUND_DISTANCE = 10

_CLEAR = (255, 255, 255, 0)
_WHITE = (255, 255, 255, 255)


class Preparation(str, Enum):
    """How a picture is made square."""

    AUTOMATIC = "automatic"
    CROP = "crop"
    PAD = "pad"
    AS_IS = "as_is"


class Prepared(NamedTuple):
    """A picture as a call gets it.

    Attributes:
        picture: the file as it came, or what was made of it.
        name: of the file.
        note: what was done to it, as a sentence; empty where nothing was.
    """

    picture: bytes | SquarePicture
    name: str
    note: str = ""


def prepare(
    data: bytes,
    name: str,
    how: Preparation,
    *,
    is_taken: Callable[[bytes], bool] = is_square_png,
) -> Prepared:
    """The picture in a form that the call takes.

    As it is: untouched and unchecked. Automatic: untouched where the call takes it as it is.
    Else a square PNG of less than 4 MB: upright (EXIF orientation), sRGB, 8 bits per channel,
    RGB or RGBA, without metadata, the first picture of an animation, scaled down to `MAX_EDGE`
    and further until it fits.

    Crop keeps the middle. Pad adds bars of equal width on both sides: transparent where the
    picture has transparent pixels itself, else white. Automatic pads cut-outs and pictures on
    ground of one colour, with that ground, and crops all others.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.
        is_taken: whether the call takes a file as it is; for Automatic.

    Raises:
        InvalidPicture: the picture cannot be opened.
    """
    if how is Preparation.AS_IS or (how is Preparation.AUTOMATIC and is_taken(data)):
        return Prepared(data, name)
    width, height = size_of(data, name)
    if how is Preparation.AUTOMATIC:
        image = open_small(data, name, MAX_EDGE, square=lambda stored: ground_of(stored) is None)
    else:
        image = open_small(data, name, MAX_EDGE, square=how is Preparation.CROP)
    if width == height:
        deed = "converted"
    elif image.width == image.height:
        deed = "cropped to its middle square"
    else:
        image = _padded(image, ground_of(image) if how is Preparation.AUTOMATIC else None)
        deed = "padded to a square"
    note = (
        f"{name} ({width}x{height}, {sniff(data)}) was {deed}: "
        "the call takes a square PNG of less than 4 MB."
    )
    return Prepared(SquarePicture(image), f"{PurePath(name).stem}.png", note)


def thumbnail(picture: bytes | SupportsBytes, edge: int) -> bytes:
    """A WebP file of the picture, scaled down to at most `edge` x `edge` pixels.

    Raises:
        InvalidPicture: it is no picture that can be opened.
    """
    if isinstance(picture, SquarePicture):
        small = picture.at_most(edge)
    else:
        small = open_small(bytes(picture), "The picture", edge)
    # Of a photograph a tenth of the bytes of a PNG, in a quarter of the time.
    file = BytesIO()
    small.save(file, "WEBP", quality=80, method=1)
    return file.getvalue()


def ground_of(image: Image) -> tuple[int, ...] | None:
    """The colour with which a picture can be completed to a square without showing.

    Args:
        image: in any mode.

    Returns:
        Red, green, blue and opacity, 0 to 255: no colour for a cut-out, half of whose border is
        transparent; else that of the two sides to be extended. None where these have many.
    """
    from PIL import Image as Pillow
    from PIL import ImageChops, ImageStat

    simple = simplifier(image)
    cells = Pillow.new("RGBA", (_CELLS, 4))
    for row, box in enumerate(_sides(image)):
        side = simple(image.crop(box))
        side = (side.convert("RGB") if side.mode == "CMYK" else side).convert("RGBA")
        if side.width < side.height:
            side = side.transpose(Pillow.Transpose.ROTATE_90)
        cells.paste(side.resize((_CELLS, 1), Pillow.Resampling.BOX), (0, row))
    clear = sum(cells.getchannel("A").histogram()[: _GROUND_DISTANCE + 1])
    if clear * 2 >= cells.width * cells.height:
        return _CLEAR
    extended = cells.crop((0, 0, _CELLS, 2))
    median = tuple(ImageStat.Stat(extended).median)
    bands = ImageChops.difference(extended, Pillow.new("RGBA", extended.size, median)).split()
    distance = reduce(ImageChops.lighter, bands)
    near = sum(distance.histogram()[: _GROUND_DISTANCE + 1])
    return median if near >= _GROUND_SHARE * 2 * _CELLS else None


def _sides(image: Image) -> list[Box]:
    """A strip along each side, a 128th of the picture; the two longer ones come first."""
    width, height = image.size
    across, down = -(-width // _CELLS), -(-height // _CELLS)
    rows = [(0, 0, width, down), (0, height - down, width, height)]
    columns = [(0, 0, across, height), (width - across, 0, width, height)]
    return rows + columns if width >= height else columns + rows


def _padded(image: Image, ground: tuple[int, ...] | None) -> Image:
    """The picture in the middle of a square of `ground`: white, or clear as itself, without one."""
    from PIL import Image as Pillow

    if ground is None:
        ground = _CLEAR if image.mode == "RGBA" else _WHITE
    side = max(image.size)
    square = Pillow.new(image.mode, (side, side), ground if image.mode == "RGBA" else ground[:3])
    square.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return square
