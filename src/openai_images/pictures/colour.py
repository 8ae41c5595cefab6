"""From every way to store pixels to colours as screens show them: 8 bits, sRGB."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["is_simple", "simplifier", "to_srgb"]

_SIMPLE = ("L", "LA", "RGB", "RGBA", "CMYK")
_PREMULTIPLIED = {"La": "LA", "RGBa": "RGBA"}

# Device class and colour space stand at these places of an ICC profile (ICC.1, section 7.2).
_CLASSES = (b"scnr", b"mntr", b"prtr", b"spac")
_SPACES = {"L": b"GRAY", "RGB": b"RGB ", "CMYK": b"CMYK"}

# A chain of any number of steps per colour: minutes of work for a file of a few KB. Profiles
# that have it (ICC.1, section 10.16) are rare, and their pictures are read without them.
_CHAIN = b"mpet"


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


def to_srgb(image: Image) -> Image:
    """A picture in sRGB: RGBA where any pixel is transparent, else RGB.

    Colours are converted by the ICC profile in `image.info`, where it fits the picture and can
    be converted in bounded time; otherwise they are taken for sRGB, and CMYK is converted
    without regard to ink and paper.

    Args:
        image: mode L, LA, RGB, RGBA or CMYK.
    """
    profile = image.info.get("icc_profile")
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    if alpha is None or alpha.getextrema() == (255, 255):
        return _without_alpha(image, profile)
    if not profile:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    result = _without_alpha(image, profile)
    result.putalpha(alpha)
    return result


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


def _without_alpha(image: Image, profile: bytes | None) -> Image:
    plain = image.convert(image.mode[:-1]) if image.mode in ("LA", "RGBA") else image
    converted = _converted(plain, profile)
    if converted is not None:
        return converted
    return plain if plain.mode == "RGB" else plain.convert("RGB")


def _converted(image: Image, profile: bytes | None) -> Image | None:
    """The picture in sRGB by its profile, None where that cannot be."""
    if not profile or profile[12:16] not in _CLASSES or _CHAIN in profile:
        return None
    if profile[16:20] != _SPACES[image.mode]:
        return None
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        return ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return None
