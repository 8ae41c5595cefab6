"""The three result formats, and failures, as Arrow tables.

`Image` holds PNG files in a binary column whose field metadata says so; whoever hands the table
on to KNIME gives that column its image type. Tokens and cost are those of a call and stand in the
row of its first image, so that the sum of a column is right.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from .cost import Cost, TokenCounts
from .errors import ErrorAnswer, ImagesError, ServiceError
from .job import Outcome, ResultFormat
from .response import ApiResponse, ImageData, ImagesResponse
from .services.collect import ResultImage

__all__ = [
    "FAILURES",
    "IMAGES",
    "PNG",
    "RAW_RESPONSE",
    "SCHEMAS",
    "STRUCTURED",
    "failure_row",
    "result_rows",
    "result_table",
]

# Field metadata of a column whose bytes are PNG files.
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
        pa.field("Source", pa.string()),
        pa.field("Seed", pa.int64()),
        pa.field("URL", pa.string()),
        pa.field("Revised Prompt", pa.string()),
        pa.field("Created", pa.int64()),
        pa.field("Model", pa.string()),
        pa.field("Request ID", pa.string()),
        pa.field("Input Tokens", pa.int64()),
        pa.field("Output Tokens", pa.int64()),
        pa.field("Total Tokens", pa.int64()),
        pa.field("Cost", pa.float64()),
        pa.field("Currency", pa.string()),
    ]
)

FAILURES = pa.schema(
    [
        pa.field("Status", pa.int32()),
        pa.field("Error", pa.string()),
        pa.field("Code", pa.string()),
        pa.field("Request ID", pa.string()),
        pa.field("May Be Billed", pa.bool_()),
    ]
)

SCHEMAS = {
    ResultFormat.STRUCTURED_TABLE: STRUCTURED,
    ResultFormat.RAW_RESPONSE: RAW_RESPONSE,
    ResultFormat.IMAGES: IMAGES,
}


def result_table(outcome: Outcome, result_format: ResultFormat) -> pa.Table:
    """The outcome of a job in the form asked for; no rows where it failed."""
    return pa.Table.from_pylist(result_rows(outcome, result_format), schema=SCHEMAS[result_format])


def failure_row(error: ImagesError) -> dict[str, Any]:
    """The cells of `FAILURES` for a job that failed."""
    return {
        "Status": error.status if isinstance(error, ErrorAnswer) else None,
        "Error": str(error),
        "Code": error.code if isinstance(error, ErrorAnswer) else None,
        "Request ID": error.request_id if isinstance(error, ServiceError) else None,
        "May Be Billed": isinstance(error, ServiceError) and error.may_be_billed,
    }


def result_rows(outcome: Outcome, result_format: ResultFormat) -> list[dict[str, Any]]:
    """The rows of `result_table`, each by the names of its columns; `Image` as a PNG file."""
    if outcome.response is None:
        return []
    if result_format is ResultFormat.RAW_RESPONSE:
        return [_raw_row(outcome.response)]
    if outcome.answer is None:
        return []
    if result_format is ResultFormat.STRUCTURED_TABLE:
        return [_structured_row(outcome.answer)]
    rows = [
        _image_row(image, outcome, outcome.answer, outcome.response) for image in outcome.images
    ]
    rows[0] |= _call_cells(outcome.answer, outcome.cost)
    return rows


def _structured_row(answer: ImagesResponse) -> dict[str, Any]:
    return {
        "Created": answer.created,
        "Data": [image.value for image in answer.data],
        "Background": answer.background,
        "Output Format": answer.output_format,
        "Size": answer.size,
        "Quality": answer.quality,
        "Usage": None if answer.usage is None else json.dumps(answer.usage),
    }


def _raw_row(response: ApiResponse) -> dict[str, Any]:
    return {"body": response.text, "status": response.status}


def _image_row(
    image: ResultImage, outcome: Outcome, answer: ImagesResponse, response: ApiResponse
) -> dict[str, Any]:
    return {
        "Image": image.png,
        "Index": image.index + 1,
        "Width": image.width,
        "Height": image.height,
        "Source": outcome.source or None,
        "Seed": answer.seed,
        "URL": _web_address(image.data),
        "Revised Prompt": image.data.revised_prompt,
        "Created": answer.created,
        "Model": outcome.model,
        "Request ID": response.request_id,
    }


def _call_cells(answer: ImagesResponse, cost: Cost | None) -> dict[str, Any]:
    counts = TokenCounts.read(answer.usage)
    return {
        "Input Tokens": counts.input,
        "Output Tokens": counts.output,
        "Total Tokens": counts.total,
        "Cost": None if cost is None else float(cost.amount),
        "Currency": None if cost is None else cost.currency,
    }


def _web_address(data: ImageData) -> str | None:
    """The URL; a data URL would only repeat the picture that stands beside it."""
    return None if data.url and data.url.startswith("data:") else data.url
