"""Columns of the core as KNIME columns: PNG columns become image columns, without encoding."""

from __future__ import annotations

from typing import IO, Any

import pyarrow as pa
from PIL import Image

import knime.extension as knext

from ..job import Outcome, ResultFormat
from ..tables import PNG, SCHEMAS, result_table

__all__ = [
    "arrow_type",
    "filled_array",
    "image_type",
    "is_image",
    "knime_columns",
    "knime_schema",
    "knime_table",
]


def image_type() -> knext.LogicalType:
    """The type of image columns."""
    return knext.logical(Image.Image)


def is_image(column: knext.Column) -> bool:
    """Whether it is an image column; KNIME's Python knows those of PNG images only."""
    return bool(column.ktype == image_type())


def knime_schema(result_format: ResultFormat) -> knext.Schema:
    """The columns of a result as KNIME types."""
    return knext.Schema.from_columns(knime_columns(SCHEMAS[result_format]))


def knime_columns(schema: pa.Schema) -> list[knext.Column]:
    """Columns of the core as KNIME declares them."""
    return [knext.Column(_knime_type(field), field.name) for field in schema]


def arrow_type(field: pa.Field) -> pa.DataType:
    """The type of a column of the core in KNIME's Arrow tables."""
    return image_type().to_pyarrow() if field.metadata == PNG else field.type


def filled_array(cells: list[Any], arrow_type: pa.DataType) -> pa.Array:
    """Cells of the core as KNIME's Arrow tables store them in a column of that type."""
    if not isinstance(arrow_type, pa.ExtensionType):
        return pa.array(cells, arrow_type)
    stored = [None if png is None else arrow_type.encode(_PngFile(png)) for png in cells]
    return pa.ExtensionArray.from_storage(arrow_type, pa.array(stored, arrow_type.storage_type))


def knime_table(outcome: Outcome, result_format: ResultFormat) -> knext.BatchOutputTable:
    """The result of a job as a KNIME table with generated RowIDs."""
    table = result_table(outcome, result_format)
    for index, field in enumerate(table.schema):
        if field.metadata == PNG:
            cells = table.column(index).to_pylist()
            table = table.set_column(index, field.name, filled_array(cells, arrow_type(field)))
    # One batch: Table.from_pyarrow cannot split rows of more than 64 MiB, as ten base64 texts are.
    output = knext.BatchOutputTable.create(row_ids="generate")
    output.append(table)
    return output


class _PngFile:
    """Stands for a picture where KNIME stores one: it only tells a picture to save itself as PNG,
    and here is the file already."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def save(self, file: IO[bytes], format: str) -> None:
        """Write the file."""
        file.write(self._content)


def _knime_type(field: pa.Field) -> knext.KnimeType:
    if field.metadata == PNG:
        return image_type()
    return {
        pa.int32(): knext.int32(),
        pa.int64(): knext.int64(),
        pa.float64(): knext.double(),
        pa.bool_(): knext.bool_(),
        pa.string(): knext.string(),
        pa.list_(pa.string()): knext.list_(knext.string()),
    }[field.type]
