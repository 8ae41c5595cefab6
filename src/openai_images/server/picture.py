"""The picture of a call, decoded as the engine takes it."""

from __future__ import annotations

from .. import engine
from ..errors import InvalidPicture
from ..pictures import Preparation, open_for_variation, open_small, prepare, size_of, sniff
from .form import FormFile

__all__ = ["EDIT_FORMATS", "read_picture"]

EDIT_FORMATS = ("PNG", "JPEG", "WEBP")
"""What OpenAI's edits call takes."""


def read_picture(
    file: FormFile, max_pixels: int, *, crop: bool, to_prepare: bool = False
) -> engine.Square:
    """Decode a picture, no larger than the engine has a use for.

    Args:
        max_pixels: width times height that is decoded at most.
        crop: whether the middle square is taken; otherwise the picture must be what OpenAI's
            variations call takes.
        to_prepare: whether it is made what that call takes first, from any format.

    Raises:
        InvalidPicture: it cannot be decoded, is too large, or not what the call takes.
    """
    if crop and sniff(file.content) not in EDIT_FORMATS:
        raise InvalidPicture("Uploaded image must be a PNG, JPEG or WebP.")
    width, height = size_of(file.content, file.name)
    if width * height > max_pixels:
        raise InvalidPicture(
            f"The picture has {width} x {height} pixels; this server takes {max_pixels:,} at most."
        )
    if crop:
        image = open_small(file.content, file.name, engine.MOST_USED, square=True)
    else:
        content = file.content
        if to_prepare:
            content = bytes(prepare(content, file.name, Preparation.AUTOMATIC).picture)
        image = open_for_variation(content, file.name, engine.MOST_USED)
    return engine.Square.of(image)
