"""The three result formats as Arrow tables.

`Image` holds PNG files in a binary column whose field metadata says so; whoever hands the table
on to KNIME gives that column its image type.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyarrow as pa

from .response import ApiResponse, ImageData, ImagesResponse
from .services.collect import ResultImage

__all__ = ["IMAGES", "PNG", "RAW_RESPONSE", "STRUCTURED", "images", "raw_response", "structured"]

PNG = {b"content": b"image/png"}

STRUCTURED = pa.schema(
    [
        pa.field("Created", pa.int64()),
        pa.field("Data", pa.list_(pa.string())),
        pa.field("Background", pa.string()),
        pa.field("Output Format", pa.string()),
        pa.field("Size", pa.string()),
        pa.field("Quality", pa.string()),
        pa.field("Usage", pa.string()),
    ]
)

RAW_RESPONSE = pa.schema([pa.field("body", pa.string()), pa.field("status", pa.int32())])

IMAGES = pa.schema(
    [
        pa.field("Image", pa.binary(), metadata=PNG),
        pa.field("Index", pa.int64()),
        pa.field("Width", pa.int64()),
        pa.field("Height", pa.int64()),
        pa.field("URL", pa.string()),
        pa.field("Revised Prompt", pa.string()),
        pa.field("Created", pa.int64()),
        pa.field("Model", pa.string()),
        pa.field("Request ID", pa.string()),
    ]
)


def structured(answer: ImagesResponse) -> pa.Table:
    """One row: the answer's fields; Data holds the URLs or the base64 texts, in order."""
    row = {
        "Created": answer.created,
        "Data": [image.value for image in answer.data],
        "Background": answer.background,
        "Output Format": answer.output_format,
        "Size": answer.size,
        "Quality": answer.quality,
        "Usage": None if answer.usage is None else json.dumps(answer.usage),
    }
    return pa.Table.from_pylist([row], schema=STRUCTURED)


def raw_response(response: ApiResponse) -> pa.Table:
    """One row: the body as text and the HTTP status, whatever it is."""
    row = {"body": response.text, "status": response.status}
    return pa.Table.from_pylist([row], schema=RAW_RESPONSE)


def images(
    found: Iterable[ResultImage],
    *,
    created: int | None,
    model: str | None,
    request_id: str | None,
) -> pa.Table:
    """One row per image; Index counts from 0, Width and Height are pixels."""
    rows = [
        {
            "Image": image.png,
            "Index": image.index,
            "Width": image.width,
            "Height": image.height,
            "URL": _web_address(image.data),
            "Revised Prompt": image.data.revised_prompt,
            "Created": created,
            "Model": model,
            "Request ID": request_id,
        }
        for image in found
    ]
    return pa.Table.from_pylist(rows, schema=IMAGES)


def _web_address(data: ImageData) -> str | None:
    """The URL; a data URL would only repeat the picture that stands beside it."""
    return None if data.url and data.url.startswith("data:") else data.url
