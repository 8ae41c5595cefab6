"""Arrow tables of the core as KNIME tables: PNG columns become image columns."""

from __future__ import annotations

import io

import pyarrow as pa
from PIL import Image

import knime.extension as knext

from ..job import Outcome, ResultFormat
from ..tables import PNG, SCHEMAS, result_table

__all__ = ["knime_schema", "knime_table"]


def knime_schema(result_format: ResultFormat) -> knext.Schema:
    """The columns of a result as KNIME types."""
    return knext.Schema.from_columns(
        [knext.Column(_knime_type(field), field.name) for field in SCHEMAS[result_format]]
    )


def knime_table(outcome: Outcome, result_format: ResultFormat) -> knext.BatchOutputTable:
    """The result of a job as a KNIME table with generated RowIDs."""
    table = result_table(outcome, result_format)
    for index, field in enumerate(table.schema):
        if field.metadata == PNG:
            table = table.set_column(index, field.name, _image_column(table.column(index)))
    # One batch: Table.from_pyarrow cannot split rows of more than 64 MiB, as ten base64 texts are.
    output = knext.BatchOutputTable.create(row_ids="generate")
    output.append(table)
    return output


def _knime_type(field: pa.Field) -> knext.KnimeType:
    if field.metadata == PNG:
        return knext.logical(Image.Image)
    return {
        pa.int32(): knext.int32(),
        pa.int64(): knext.int64(),
        pa.float64(): knext.double(),
        pa.string(): knext.string(),
        pa.list_(pa.string()): knext.list_(knext.string()),
    }[field.type]


def _image_column(column: pa.ChunkedArray) -> pa.ExtensionArray:
    image_type = knext.logical(Image.Image).to_pyarrow()
    cells = [
        None if png is None else image_type.encode(Image.open(io.BytesIO(png)))
        for png in column.to_pylist()
    ]
    return pa.ExtensionArray.from_storage(image_type, pa.array(cells, image_type.storage_type))
