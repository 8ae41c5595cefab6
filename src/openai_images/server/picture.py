"""The picture of a call, decoded as the engine takes it."""

from __future__ import annotations

from .. import engine
from ..errors import InvalidPicture
from ..pictures import check_for_variation, sniff
from ..pictures.formats import Broken, read_layout
from ..pictures.open import open_small
from .form import FormFile

__all__ = ["EDIT_FORMATS", "read_picture"]

EDIT_FORMATS = ("PNG", "JPEG", "WEBP")
"""What OpenAI's edits call takes."""


def read_picture(file: FormFile, max_pixels: int, *, crop: bool) -> engine.Picture:
    """Decode a picture, no larger than the engine has a use for.

    Args:
        max_pixels: width times height that is decoded at most.
        crop: whether the middle square is taken; otherwise the picture must be what OpenAI's
            variations call takes.

    Raises:
        InvalidPicture: it cannot be decoded, is too large, or not what the call takes.
    """
    kind = sniff(file.content)
    if crop and kind not in EDIT_FORMATS:
        raise InvalidPicture("Uploaded image must be a PNG, JPEG or WebP.")
    if kind is not None:
        _check_pixels(file.content, kind, max_pixels)
    if not crop:
        check_for_variation(file.content, file.name)
    image = open_small(file.content, file.name, engine.MOST_USED, square=True)
    return engine.Picture.of(image)


def _check_pixels(content: bytes, kind: str, max_pixels: int) -> None:
    try:
        layout = read_layout(content, kind)
    except Broken:
        return  # decoding it says why
    if layout.width * layout.height > max_pixels:
        raise InvalidPicture(
            f"The picture has {layout.width} x {layout.height} pixels; "
            f"this server takes {max_pixels:,} at most."
        )
