"""Pictures of an answer, made as small as they were asked for."""

from __future__ import annotations

import base64
import binascii
import io
import json
from dataclasses import replace
from typing import Any

from .. import bounded_json
from ..errors import InvalidPicture
from ..pictures import open_picture, sniff, to_png
from ..response import ApiResponse

__all__ = ["scale_down"]

# Of JPEG and WebP, 0 to 100: the picture was compressed once before.
_QUALITY = 95


def scale_down(response: ApiResponse, pixels: int) -> ApiResponse:
    """The same answer with its square base64 pictures at `pixels` x `pixels`, in their formats.

    Scaled with Lanczos. What is no picture, not square or already as small stays as it came.
    """
    try:
        body = bounded_json.loads(response.body)
    except ValueError:
        return response
    items = body.get("data") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return response
    scaled = [_scaled(item, pixels) for item in items]
    if scaled == items:
        return response
    size = f"{pixels}x{pixels}"
    return replace(response, body=json.dumps({**body, "data": scaled, "size": size}).encode())


def _scaled(item: Any, pixels: int) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("b64_json"), str):
        return item
    try:
        content = base64.b64decode(item["b64_json"])
        picture = open_picture(content, "The result")
    except (binascii.Error, ValueError, InvalidPicture):
        return item
    if picture.width != picture.height or picture.width <= pixels:
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
