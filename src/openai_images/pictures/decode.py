"""Opening a picture that may be hostile."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from ..errors import InvalidPicture
from .broken import Broken
from .png import chunks
from .sniff import FORMATS, sniff

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MAX_PIXELS", "open_picture"]

# Pillow holds four bytes per pixel: 200 MB. It is more than today's 48-megapixel telephones give.
MAX_PIXELS = 50_000_000


def open_picture(data: bytes, name: str) -> Image:
    """Decode a picture; of an animation or a file of several pictures, the first.

    Args:
        data: the content of a PNG, JPEG, WebP, GIF, BMP or TIFF file.
        name: what error texts call it.

    Raises:
        InvalidPicture: it is none of these, damaged, cut off, or too large to be decoded safely.
    """
    kind = format_of(data, name)
    try:
        if kind == "PNG":
            for _ in chunks(data):
                pass
        return _decode(data, kind)
    except Broken as error:
        raise InvalidPicture(
            f"{name} cannot be read as a {kind} picture: {error}. Save or download it again."
        ) from None


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
            f"{name} is not a picture in a format that can be read: use {_listed(FORMATS)}."
        )
    return kind


def _decode(data: bytes, kind: str) -> Image:
    from PIL import Image

    try:
        image = Image.open(BytesIO(data), formats=[kind])
        _check_size(image.width, image.height)
        image.load()
    except Broken:
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's readers raise anything on broken files
        raise Broken(f"it is damaged or cut off ({_reason(error)})") from None
    return image


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Broken(
            f"it is {width}x{height}, {width * height / 1e6:.0f} million pixels; "
            f"at most {MAX_PIXELS / 1e6:.0f} million are opened"
        )


def _reason(error: Exception) -> str:
    """Pillow's own words, kept short and printable."""
    text = "".join(c if c.isprintable() else " " for c in str(error)) or type(error).__name__
    return text[:120]


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
