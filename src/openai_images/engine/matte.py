"""Any Pillow picture in, flat colours with alpha through the engine, transparency out again.

Inside the engine a transparent picture is flattened on one colour, its matte, while its alpha goes
along as a fourth channel. Flattening is linear, so resampling and blending commute with it, and the
colours can be taken off the matte again at the end.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from .errors import EngineError
from .pixels import Bytes, Packed, luma, to_image, unpack

WITH_ALPHA = {"RGBA", "RGBa", "LA", "PA"}
WITH_KEY = {"RGB", "L", "P", "1"}
"""Modes in which a PNG or GIF may declare one colour transparent."""
DEEP = {"I", "F", "I;16", "I;16L", "I;16B", "I;16N"}


def readable_square(image: Image.Image, least: int, most: int) -> Image.Image:
    """The middle square of a picture as RGB, or as RGBA if any of it is transparent.

    The side is brought into least..most pixels. Reduces before it converts where it can, so that
    an 8192-pixel picture is never held a second time. Raises `EngineError` if it has no pixels.
    """
    turned = ImageOps.exif_transpose(image)
    side = min(turned.size)
    if side < 1:
        raise EngineError(f"The picture has no pixels ({image.width}x{image.height}).")
    left, top = (turned.width - side) // 2, (turned.height - side) // 2
    box = (left, top, left + side, top + side)
    used = min(max(side, least), most)
    if turned.mode in DEEP:
        turned = _to_8_bits(turned)
    elif turned.mode not in ("RGB", "RGBA", "L") or "transparency" in turned.info:
        turned = _to_colours(turned)
    if turned.size != (used, used):
        turned = turned.resize((used, used), Image.Resampling.LANCZOS, box, reducing_gap=3.0)
    if turned.mode == "RGBA" and turned.getchannel("A").getextrema() == (255, 255):
        return turned.convert("RGB")
    return turned if turned.mode == "RGBA" else turned.convert("RGB")


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Grey of more than 8 bits as L: 0..1, 0..255 or 0..65535, whichever its values fit."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    top = float(values.max(initial=0))
    if image.mode.startswith("I;16") or top > 255:
        values = values / max(257.0, top / 255)
    elif image.mode == "F" and top <= 1:
        values = values * 255
    return Image.fromarray(np.clip(values + 0.5, 0, 255).astype(np.uint8))


def _to_colours(image: Image.Image) -> Image.Image:
    """RGB, or RGBA if the mode has alpha or a colour or level is declared transparent."""
    if image.mode == "La":
        image = image.convert("LA")
    declared = image.mode in WITH_KEY and "transparency" in image.info
    return image.convert("RGBA" if image.mode in WITH_ALPHA or declared else "RGB")


def flatten(square: Image.Image) -> tuple[int, Image.Image]:
    """The matte (a grey level, 0..255) and the picture on it, mode RGBX with alpha in X."""
    if square.mode == "RGB":
        return 255, square.convert("RGBX")
    rgba = np.asarray(square)
    ground = _matte_for(rgba)
    alpha = rgba[..., 3:].astype(np.float32) / 255
    flat = rgba.copy()
    flat[..., :3] = rgba[..., :3] * alpha + ground * (1 - alpha) + 0.5
    return ground, to_image(flat.view(np.uint32)[..., 0])


def _matte_for(rgba: Bytes) -> int:
    """White behind dark content, black behind light: the subject must stand out from it."""
    weight = rgba[..., 3].astype(np.float32)
    mean = float((luma(rgba.astype(np.float32)) * weight).sum() / max(float(weight.sum()), 1.0))
    return 255 if mean < 160 else 0


def lift(pixels: Packed, ground: int) -> Packed:
    """Takes the matte out of packed pixels again: straight colours with alpha."""
    rgba = unpack(pixels).astype(np.float32)
    alpha = rgba[..., 3:] / 255
    colours = (rgba[..., :3] - ground * (1 - alpha)) / np.maximum(alpha, 1 / 255)
    rgba[..., :3] = np.where(alpha > 0, np.clip(colours + 0.5, 0, 255), 0)
    return rgba.astype(np.uint8).view(np.uint32)[..., 0]
