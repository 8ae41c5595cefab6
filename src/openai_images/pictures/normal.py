"""From any way to store pixels to the two that every service understands: RGB and RGBA."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["normalized"]

_WIDE = ("I;16", "I;16L", "I;16B", "I;16N")


def normalized(image: Image) -> Image:
    """The same picture, upright, as RGBA where any pixel is transparent, else as RGB."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        rgba = upright.convert("RGBA")
        if rgba.getchannel("A").getextrema() != (255, 255):
            return rgba
        return rgba.convert("RGB")
    if upright.mode in _WIDE:
        upright = upright.convert("I").point(lambda v: v * (1 / 257))
    elif upright.mode in ("I", "F"):
        upright = _stretched(upright)
    return upright.convert("L").convert("RGB") if upright.mode == "I" else upright.convert("RGB")


def _stretched(image: Image) -> Image:
    """Numbers without an agreed white (mode I or F), spread from black to white."""
    low, high = cast("tuple[float, float]", image.getextrema())
    scale = 255 / (high - low) if high > low else 0.0
    return image.point(lambda v: v * scale + -low * scale).convert("L")
