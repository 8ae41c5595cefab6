"""What the variations call demands of a picture, checked before anything is sent."""

from __future__ import annotations

from ..errors import InvalidPicture
from .decode import decode, format_of

__all__ = ["MAX_PICTURE_BYTES", "check_for_variation"]

MAX_PICTURE_BYTES = 4 * 1024 * 1024
"""The file must be smaller than this (OpenAI's API description: "less than 4MB")."""

_PREPARE = "set Prepare Image to Crop to square or Pad to square"


def check_for_variation(data: bytes, name: str) -> tuple[int, int]:
    """Whether a file is what `POST /images/variations` takes: a square PNG of less than 4 MB.

    The file is really decoded: a damaged picture would be paid for, or refused much later.

    Args:
        data: the content of the file.
        name: what error texts call it.

    Returns:
        Width and height in pixels.

    Raises:
        InvalidPicture: it is not; the message says what it is and what to do.
    """
    kind = format_of(data, name)
    if kind != "PNG":
        named = " named .png" if name.lower().endswith(".png") else ""
        raise InvalidPicture(
            f"{name} is a {kind} picture{named}; the call takes only PNG: "
            f"save it as PNG, or {_PREPARE}."
        )
    if len(data) >= MAX_PICTURE_BYTES:
        raise InvalidPicture(
            f"{name} has {len(data):,} bytes; the call takes less than 4 MB "
            f"({MAX_PICTURE_BYTES:,} bytes): make it smaller, or {_PREPARE}."
        )
    image, _ = decode(data, name)
    width, height = image.size
    if width != height:
        raise InvalidPicture(
            f"{name} is {width}x{height}; the call needs a square picture: crop it, or {_PREPARE}."
        )
    return width, height
