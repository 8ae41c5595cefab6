"""Decoding a picture that may be hostile."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from ..errors import InvalidPicture
from ..text import one_line
from .formats import Broken, Layout, read_layout
from .sniff import FORMATS, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["decode", "format_of"]


def decode(data: bytes, name: str) -> tuple[Image, int]:
    """Decode a picture; of an animation or a file of several pictures, the first.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Returns:
        The picture as it is stored, in Pillow's mode for it, with its `icc_profile` and no other
        metadata in `info`; and its EXIF orientation, 1 to 8.

    Raises:
        InvalidPicture: it is none of these, damaged, cut off, or too large to be decoded safely.
    """
    kind = format_of(data, name)
    try:
        layout = read_layout(data, kind)
        image = _load(layout, kind)
    except Broken as error:
        raise InvalidPicture(
            f"{name} cannot be read as a {kind} picture: {error}. {error.advice}"
        ) from None
    if layout.profile:
        image.info["icc_profile"] = layout.profile
    return image, layout.orientation


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


def _load(layout: Layout, kind: str) -> Image:
    """Let Pillow decode the pixels.

    The size was read before, so Pillow's own limit, a warning that is the same for the whole
    process, is never reached. Should Pillow read another size, it is not trusted with it.
    """
    from PIL import Image

    try:
        image = Image.open(BytesIO(layout.pixels), formats=[kind])
        if image.size != (layout.width, layout.height):
            raise Broken("its headers contradict each other")
        image.load()
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise anything on broken files
        raise Broken(f"it is damaged or cut off ({_reason(error)})") from None
    return image


def _reason(error: Exception) -> str:
    """Pillow's own words, kept short and printable."""
    return one_line(str(error) or type(error).__name__, 120)
