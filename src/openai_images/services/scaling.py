"""Pictures of an answer, made as small as they were asked for."""

from __future__ import annotations

import base64
import io
import json
import math
import time
from dataclasses import replace
from typing import Any

from .. import bounded_json
from ..errors import InvalidPicture
from ..pictures import open_picture, size_of, sniff, to_png
from ..response import ApiResponse

__all__ = ["scale_down"]

# The longest that the edits call makes.
MAX_SIDE = 3840

# Of JPEG and WebP, 0 to 100: the picture was compressed once before.
_QUALITY = 95


def scale_down(response: ApiResponse, pixels: int, count: int) -> ApiResponse:
    """The same answer with its square base64 pictures at `pixels` x `pixels`, in their formats.

    Scaled with Lanczos. What is no picture, not square, already as small or larger than any that
    the call makes stays as it came, as does what is left when the call's deadline is over.

    Args:
        count: how many pictures were asked for; those beyond are not touched.
    """
    try:
        body = bounded_json.loads(response.body)
    except ValueError:
        return response
    items = body.get("data") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return response
    ends = math.inf if response.ends is None else response.ends
    scaled = [_scaled(item, pixels, ends) for item in items[:count]] + items[count:]
    if all(new is old for new, old in zip(scaled, items, strict=True)):
        return response
    size = f"{pixels}x{pixels}"
    return replace(response, body=json.dumps({**body, "data": scaled, "size": size}).encode())


def _scaled(item: Any, pixels: int, ends: float) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("b64_json"), str):
        return item
    if time.monotonic() > ends:
        return item
    try:
        content = base64.b64decode(item["b64_json"])
        width, height = size_of(content, "The result")
        if width != height or not pixels < width <= MAX_SIDE:
            return item
        picture = open_picture(content, "The result")
    except (ValueError, InvalidPicture):
        return item
    # Imported on use, as everywhere in the core: importing the extension must stay fast.
    from PIL import Image

    small = picture.resize((pixels, pixels), Image.Resampling.LANCZOS)
    encoded = _encoded(small, sniff(content) or "PNG")
    return {**item, "b64_json": base64.b64encode(encoded).decode("ascii")}


def _encoded(picture: Any, kind: str) -> bytes:
    if kind not in ("JPEG", "WEBP"):
        return to_png(picture)
    file = io.BytesIO()
    picture.save(file, kind, quality=_QUALITY)
    return file.getvalue()
