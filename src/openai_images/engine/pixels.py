"""Pixels as the engine moves them, and the array types its modules share.

A picture travels as one uint32 per pixel whose four bytes are red, green, blue and alpha: a gather
of whole pixels with ``take`` costs a fiftieth of fancy indexing into float RGB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.signedinteger[Any]]
Bools = npt.NDArray[np.bool_]
Packed = npt.NDArray[np.uint32]
Spectra = npt.NDArray[np.complexfloating[Any, Any]]
Bytes = npt.NDArray[np.uint8]


def pack_image(image: Image.Image) -> Packed:
    """A picture of mode RGBX (alpha in the fourth byte) as (height, width) uint32."""
    return pack_bytes(np.array(image))


def pack_bytes(rgba: Bytes) -> Packed:
    """(height, width, 4) uint8 as (height, width) uint32, without copying where possible."""
    packed: Packed = np.ascontiguousarray(rgba).view(np.uint32)[..., 0]
    return packed


def unpack(pixels: Packed) -> Bytes:
    """(..., 4) uint8 view of packed pixels."""
    rgba: Bytes = np.ascontiguousarray(pixels)[..., None].view(np.uint8)
    return rgba


def to_image(pixels: Packed) -> Image.Image:
    """Packed pixels as a Pillow picture of mode RGBX.

    RGBX keeps Pillow from premultiplying: what travels here is already flattened on a matte.
    """
    height, width = pixels.shape
    return Image.frombuffer("RGBX", (width, height), unpack(pixels).tobytes(), "raw", "RGBX", 0, 1)


def to_rgb(pixels: Packed) -> Floats:
    """(height, width, 3) float32 in 0..1."""
    return unpack(pixels)[..., :3].astype(np.float32) / np.float32(255)


def luma(rgb: Floats) -> Floats:
    """Brightness (ITU-R BT.601) of (..., 3) colours, in their unit."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    grey: Floats = red * np.float32(0.299) + green * np.float32(0.587) + blue * np.float32(0.114)
    return grey


def resize_plane(plane: Floats, height: int, width: int) -> Floats:
    """A float plane resampled to another size (bicubic)."""
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    resized: Floats = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))
    return resized
