"""What a call demands of a picture, checked before anything is sent."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, SupportsBytes

from ..errors import InvalidPicture
from .encode import png_smaller_than
from .formats import Broken, Layout, sniff
from .open import format_of, layout_of, open_small, unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = [
    "MAX_EDGE",
    "MAX_PICTURE_BYTES",
    "SquarePicture",
    "check_for_variation",
    "check_readable",
    "is_square_png",
    "open_for_variation",
    "size_of",
]

MAX_PICTURE_BYTES = 4 * 1024 * 1024
"""The file must be smaller than this (OpenAI's API description: "less than 4MB")."""

# Twice the largest size that the call returns; what is finer only costs time and upload.
MAX_EDGE = 2048

_PREPARE = "prepare the image (automatic, crop or pad)"


class SquarePicture:
    """A square picture made here, at most `MAX_EDGE` wide; `bytes` gives it as a PNG under 4 MB.

    The file is made when it is first asked for: whoever works with the pixels needs none.

    Attributes:
        image: in mode RGB or RGBA, in sRGB.
    """

    def __init__(self, image: Image) -> None:
        self.image = image

    def __bytes__(self) -> bytes:
        return self._file

    def at_most(self, edge: int) -> Image:
        """The pixels, scaled down to at most `edge` x `edge`."""
        from PIL.Image import Resampling

        if self.image.width <= edge:
            return self.image
        return self.image.resize((edge, edge), Resampling.LANCZOS, reducing_gap=3.0)

    @cached_property
    def _file(self) -> bytes:
        return png_smaller_than(MAX_PICTURE_BYTES, self.image)


def check_for_variation(picture: bytes | SupportsBytes, name: str) -> tuple[int, int]:
    """Whether a picture is what `POST /images/variations` takes: a square PNG of less than 4 MB.

    Every checksum is verified and every row is unpacked and counted, keeping none: a damaged
    picture would be paid for, or refused much later.

    Args:
        picture: the content of the file; a picture made here needs no check.
        name: what error texts call it.

    Returns:
        Width and height in pixels.

    Raises:
        InvalidPicture: it is not; the message says what it is and what to do.
    """
    if isinstance(picture, SquarePicture):
        return picture.image.size
    layout = _square_png(bytes(picture), name)
    _check_rows(layout, name)
    return layout.width, layout.height


def open_for_variation(picture: bytes | SupportsBytes, name: str, edge: int) -> Image:
    """As `check_for_variation`, for whoever needs the pixels: it is decoded once.

    Returns:
        The picture as `open_small` gives it, at most `edge` x `edge`.
    """
    if isinstance(picture, SquarePicture):
        return picture.at_most(edge)
    data = bytes(picture)
    _square_png(data, name)
    return open_small(data, name, edge)


def is_square_png(data: bytes) -> bool:
    """Whether a file claims to be what `POST /images/variations` takes; no pixel is looked at."""
    try:
        _square_png(data, "")
    except InvalidPicture:
        return False
    return True


def check_readable(picture: bytes | SupportsBytes, name: str) -> tuple[int, int]:
    """Whether a picture can be decoded to its last row; gives its width and height in pixels.

    Raises:
        InvalidPicture: it is in no format that is read here, damaged, cut off or too large.
    """
    if isinstance(picture, SquarePicture):
        return picture.image.size
    data = bytes(picture)
    layout = layout_of(data, name)
    if sniff(data) == "PNG":
        _check_rows(layout, name)
    else:
        open_small(data, name, 1)
    return layout.width, layout.height


def size_of(data: bytes, name: str) -> tuple[int, int]:
    """Width and height in pixels, as the file says; no pixel is looked at.

    Raises:
        InvalidPicture: it is in no format that is read here, or its structure is damaged.
    """
    layout = layout_of(data, name)
    return layout.width, layout.height


def _square_png(data: bytes, name: str) -> Layout:
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
    layout = layout_of(data, name)
    if layout.width != layout.height:
        raise InvalidPicture(
            f"{name} is {layout.size}; the call needs a square picture: crop it, or {_PREPARE}."
        )
    return layout


def _check_rows(layout: Layout, name: str) -> None:
    try:
        layout.check_memory()
        layout.check_rows()
    except Broken as error:
        raise unreadable(name, "PNG", error) from None
