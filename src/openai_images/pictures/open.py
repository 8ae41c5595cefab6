"""Opening a picture that may be hostile, in the one form that all who look at it understand."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, cast

from ..errors import InvalidPicture
from ..text import one_line
from .colour import to_srgb
from .formats import FORMATS, Broken, Layout, read_layout, sniff
from .shrink import middle_square, reduced, simplified

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.WebPImagePlugin import WebPImageFile

__all__ = ["format_of", "layout_of", "open_picture", "open_small", "unreadable"]


def open_picture(data: bytes, name: str) -> Image:
    """Decode a picture; of an animation or a file of several pictures, the first.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Returns:
        The picture, upright (EXIF orientation), in sRGB, in mode RGBA where any pixel is
        transparent and RGB elsewhere, without metadata.

    Raises:
        InvalidPicture: it is none of these, damaged, cut off, or too large to be decoded safely.
    """
    layout = layout_of(data, name)
    # Converting its colours takes a second copy.
    image = _decoded(data, name, layout, more=layout.width * layout.height * 4)
    return _finished(simplified(image), layout)


def open_small(
    data: bytes, name: str, edge: int, *, square: bool | Callable[[Image], bool] = False
) -> Image:
    """As `open_picture`, scaled down until no side is longer than `edge`.

    A large picture is first averaged over blocks of whole pixels, then brought to its size with
    Lanczos: nearly the same as Lanczos alone, in a fraction of time and memory. It takes little
    more than its decoder does, so pictures twice as large as whole ones can be read.

    Args:
        square: whether only the largest square around the middle is taken, or what decides it,
            given the pixels as they are stored.
    """
    from PIL.Image import Resampling

    layout = layout_of(data, name)
    small = _reduced(data, name, layout, edge, square)
    small.thumbnail((edge, edge), Resampling.LANCZOS)
    return _finished(small, layout)


def format_of(data: bytes, name: str) -> str:
    """The format of a picture file, one of `FORMATS`.

    Raises:
        InvalidPicture: it is empty or in no format that is read here.
    """
    if not data:
        raise InvalidPicture(f"{name} is empty (0 bytes): choose another picture.")
    kind = sniff(data)
    if kind is None:
        raise InvalidPicture(
            f"{name} is not a picture in a format that can be read: "
            f"use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
        )
    return kind


def layout_of(data: bytes, name: str) -> Layout:
    """The structure of a picture file: its size, and no pixel of it.

    Raises:
        InvalidPicture: it is empty, in no format that is read here, or its structure is damaged.
    """
    kind = format_of(data, name)
    try:
        return read_layout(data, kind)
    except Broken as error:
        raise unreadable(name, kind, error) from None


def unreadable(name: str, kind: str, error: Broken) -> InvalidPicture:
    """What the reader of one format complains of, as a sentence about the picture."""
    return InvalidPicture(f"{name} cannot be read as a {kind} picture: {error}. {error.advice}")


def _reduced(
    data: bytes, name: str, layout: Layout, edge: int, square: bool | Callable[[Image], bool]
) -> Image:
    """A picture of less than twice `edge`; the large one is gone with the end of this function."""
    side = (min if square else max)(layout.width, layout.height)
    fraction = max((f for f in layout.fractions if side // f >= edge), default=1)
    image = _decoded(data, name, layout, fraction)
    is_cropped = square(image) if callable(square) else square
    return reduced(image, middle_square(image) if is_cropped else (0, 0, *image.size), edge)


def _decoded(data: bytes, name: str, layout: Layout, fraction: int = 1, *, more: int = 0) -> Image:
    """The pixels as they are stored, in Pillow's mode for them, or a fraction of them."""
    kind = format_of(data, name)
    files = len(data) + (0 if layout.pixels is data else len(layout.pixels))
    try:
        layout.check_memory(fraction, more=more + files)
        image = _load(layout, kind, fraction)
        # What is missing stays empty.
        last_row = image.crop((0, image.height - 1, *image.size))
        layout.check_rows(last_is_there=last_row.getbbox(alpha_only=False) is not None)
    except Broken as error:
        raise unreadable(name, kind, error) from None
    return image


def _finished(image: Image, layout: Layout) -> Image:
    """In sRGB, and turned last: a small picture is turned at once."""
    image.info = {"icc_profile": layout.profile} if layout.profile else {}
    opened = _upright(to_srgb(image), layout.orientation)
    opened.info = {}
    return opened


def _load(layout: Layout, kind: str, fraction: int) -> Image:
    """Let Pillow decode the pixels.

    The size was read before, so Pillow's own limit, a warning that is the same for the whole
    process, is never reached. Should Pillow read another size, it is not trusted with it.
    """
    from PIL import Image

    try:
        image = Image.open(BytesIO(layout.pixels), formats=[kind])
        if image.size != (layout.width, layout.height):
            raise Broken("its headers contradict each other")
        if kind == "WEBP":
            return _webp(cast("WebPImageFile", image))
        image.draft(None, (max(1, layout.width // fraction), max(1, layout.height // fraction)))
        image.load()
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise anything on broken files
        raise Broken(f"it is damaged or cut off ({_reason(error)})") from None
    return image


def _webp(file: WebPImageFile) -> Image:
    """The first frame of a WebP file.

    Pillow's own `load` copies it twice while libwebp's two canvases are still there, a third more
    memory at the peak.
    """
    from PIL import Image

    size, raw_mode = file.size, file.rawmode
    pixels, *_ = file._get_next()
    del file._decoder
    return Image.frombuffer(raw_mode, size, pixels, "raw", raw_mode, 0, 1)


def _reason(error: Exception) -> str:
    """Pillow's own words, kept short and printable."""
    return one_line(str(error) or type(error).__name__, 120)


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
