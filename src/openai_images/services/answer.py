"""The JSON of OpenAI's images call, as the embedded engine fills it in."""

from __future__ import annotations

import base64
import struct
import uuid
from collections.abc import Iterable
from typing import Any

__all__ = ["b64_item", "images_json", "new_request_id", "url_item"]

_PNG_COLOUR_TYPE = struct.Struct("25xB")  # signature, IHDR's head, width, height, bit depth
_PNG_ALPHA = 4


def images_json(
    items: Iterable[dict[str, str]],
    *,
    created: int,
    png: bytes,
    pixels: int,
    seed: int,
    strength: float,
) -> dict[str, Any]:
    """The answer's body: OpenAI's fields, and the two that make the pictures again.

    Args:
        items: the elements of `data`, see `b64_item` and `url_item`.
        created: Unix time in seconds.
        png: one of the pictures; all have its background.
        pixels: width and height of each picture.
        seed: the seed that was used.
        strength: the strength that was used, 0 to 1.
    """
    return {
        "created": created,
        "background": "transparent" if _has_alpha(png) else "opaque",
        "data": list(items),
        "output_format": "png",
        "size": f"{pixels}x{pixels}",
        "seed": seed,
        "strength": strength,
    }


def b64_item(png: bytes) -> dict[str, str]:
    """An element of `data` that holds the picture."""
    return {"b64_json": base64.b64encode(png).decode("ascii")}


def url_item(url: str) -> dict[str, str]:
    """An element of `data` that says where the picture is."""
    return {"url": url}


def new_request_id() -> str:
    """An id for `x-request-id`, in the form of OpenAI's."""
    return f"req_{uuid.uuid4().hex}"


def _has_alpha(png: bytes) -> bool:
    (colour_type,) = _PNG_COLOUR_TYPE.unpack_from(png)
    return bool(colour_type & _PNG_ALPHA)
