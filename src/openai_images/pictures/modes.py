"""From every way to store pixels to the few that can be scaled and coloured."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["is_simple", "simplifier"]

_SIMPLE = ("L", "LA", "RGB", "RGBA", "CMYK")
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}


def is_simple(image: Image) -> bool:
    """Whether a picture is in mode L, LA, RGB, RGBA or CMYK, its transparency included."""
    return image.mode in _SIMPLE and (
        image.mode in ("LA", "RGBA") or not image.has_transparency_data
    )


def simplifier(image: Image) -> Callable[[Image], Image]:
    """What turns `image`, or any part cut out of it, into mode L, LA, RGB, RGBA or CMYK.

    16-bit grey keeps its upper 8 bits. Integers and floats of 32 bits (TIFF) have no agreed
    white: the darkest pixel of `image` becomes black and its brightest white.
    """
    if image.mode in ("I", "F"):
        low, high = cast("tuple[float, float]", image.getextrema())
        return partial(_scaled, scale=255 / (high - low) if high > low else 0.0, black=low)
    if image.mode.startswith("I;16"):
        return partial(_scaled, scale=255 / 65535, black=0)
    return _simple


def _simple(image: Image) -> Image:
    if is_simple(image):
        return image
    if image.has_transparency_data:
        wanted = _PREMULTIPLIED.get(image.mode, image.mode)
        return image.convert(wanted if wanted in ("LA", "RGBA") else "RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _scaled(image: Image, *, scale: float, black: float) -> Image:
    numbers = image if image.mode == "F" else image.convert("I").convert("F")
    return numbers.point(lambda value: value * scale + (0.5 - black * scale)).convert("L")
