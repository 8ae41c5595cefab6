"""Tables as other programs read them: no RowID, images as PNG bytes, JSON as text."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knime_headless import backend
from knime_headless.table_files import ROW_ID
from knime_headless.tables import StoredTable

if TYPE_CHECKING:
    import pyarrow as pa


# What spreadsheets take for a formula, blanks before it or not.
_FORMULA = r"^(\s*[=+\-@\t\r])"


def plain_table(table: StoredTable) -> pa.Table:
    """All columns in Arrow types that any program knows."""
    import pyarrow as pa

    data = table.to_pyarrow().drop_columns([ROW_ID])
    columns = {}
    for name in data.column_names:
        column = data.column(name)
        if backend.is_image(column.type):
            columns[name] = pa.array(backend.png_cells(column), pa.binary())
        elif isinstance(column.type, pa.BaseExtensionType):
            storages = [chunk.storage for chunk in column.chunks]
            columns[name] = pa.chunked_array(storages, type=column.type.storage_type)
        else:
            columns[name] = column
    return pa.table(columns)


def image_cells(table: StoredTable, column: str) -> list[bytes | None]:
    """The PNG files in an image column.

    Raises:
        ValueError: there is no such column or it holds no images.
    """
    data = table.to_pyarrow()
    if column not in table.column_names or not backend.is_image(data.schema.field(column).type):
        raise ValueError(f"There is no image column {column!r} among {table.column_names}.")
    return backend.png_cells(data.column(column))


def image_columns(table: StoredTable) -> list[str]:
    """The names of the columns that hold images."""
    return [field.name for field in table.to_pyarrow().schema if backend.is_image(field.type)]


def row_ids(table: StoredTable) -> list[str]:
    """The RowIDs."""
    ids: list[str] = table.to_pyarrow().column(0).to_pylist()
    return ids


def write_table(
    table: StoredTable, path: Path, suffix: str, *, quote_formulas: bool = True
) -> None:
    """Write a table; the format is told by ``suffix``. CSV and JSON leave out images.

    Args:
        quote_formulas: whether texts in CSV that a spreadsheet would compute get an apostrophe
            before them, by which it takes them as texts.
    """
    data = plain_table(table)
    if suffix == ".csv" and quote_formulas:
        data = _without_formulas(data)
    _WRITERS[suffix](data, path)


def _write_parquet(data: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(data, path)


def _without_images(data: pa.Table) -> pa.Table:
    import pyarrow.types as pt

    return data.drop_columns([f.name for f in data.schema if pt.is_binary(f.type)])


def _without_formulas(data: pa.Table) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for index, field in enumerate(data.schema):
        if pa.types.is_string(field.type):
            quoted = pc.replace_substring_regex(data.column(index), _FORMULA, r"'\1")
            data = data.set_column(index, field.name, quoted)
    return data.rename_columns([re.sub(_FORMULA, r"'\1", name) for name in data.column_names])


def _write_csv(data: pa.Table, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    data = _without_images(data)
    for index, field in enumerate(data.schema):
        if pa.types.is_list(field.type):
            texts = [None if v is None else _json(v) for v in data.column(index).to_pylist()]
            data = data.set_column(index, field.name, pa.array(texts, pa.string()))
    csv.write_csv(data, path)


def _write_json(data: pa.Table, path: Path) -> None:
    rows = _finite(_without_images(data).to_pylist())
    path.write_text("[\n" + ",\n".join(map(_json, rows)) + "\n]\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    """A value with null for each number that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    return value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


_WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    ".parquet": _write_parquet,
    ".csv": _write_csv,
    ".json": _write_json,
}
