"""Tables from files as input of nodes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import knime.extension as knext
from knime_headless import backend
from knime_headless.table_files import Workspace
from knime_headless.tables import StoredTable
from knime_headless.transfer import as_stored
from knime_headless.workflow.image_files import encoded_images, image_class

if TYPE_CHECKING:
    import pyarrow as pa


def read_table(
    path: Path, types: Mapping[str, str], image_folders: Sequence[Path] = ()
) -> StoredTable:
    """A table from a CSV, Parquet or JSON file.

    Args:
        path: the file; its ending tells the format.
        types: kinds of columns, by name, that the file does not tell by itself. Images are read
            from bytes or, in a column of texts, from files relative to the table's folder.
        image_folders: where those files may be, directly or deeper.

    Raises:
        ValueError: a column is missing or cannot be read as the kind given.
        OSError: a file cannot be read.
    """
    if not path.is_file():  # reading from a pipe might never end
        raise ValueError(f"There is no file {path}.")
    with _readable(path.name):
        return _typed(_read(path), types, path.parent, image_folders)


def table_of_rows(
    rows: Sequence[Mapping[str, Any]],
    types: Mapping[str, str],
    folder: Path,
    image_folders: Sequence[Path] = (),
) -> StoredTable:
    """The same of rows that stand in a workflow file in a folder."""
    import pyarrow as pa

    names = {name: None for row in rows for name in row}
    with _readable("The table"):
        columns = {name: [row.get(name) for row in rows] for name in names}
        return _typed(pa.table(columns), types, folder, image_folders)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    try:
        yield
    except RecursionError:
        raise ValueError(f"{name} is nested too deeply.") from None
    except (ArithmeticError, LookupError, NotImplementedError, TypeError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from None


def _typed(
    data: pa.Table, types: Mapping[str, str], folder: Path, image_folders: Sequence[Path]
) -> StoredTable:
    for column in types:
        if column not in data.column_names:
            raise ValueError(f"There is no column {column!r} among {data.column_names}.")
    workspace = Workspace()
    with backend.table_session(workspace):
        for index, name in enumerate(data.column_names):
            column = data.column(index)
            try:
                if types.get(name) == "image":
                    arrow_type = knext.logical(image_class()).to_pyarrow()
                    cells = encoded_images(
                        column.to_pylist(), arrow_type.encode, folder, image_folders
                    )
                    converted = _stored(arrow_type, cells)
                else:
                    converted = _converted(column, types.get(name))
            except (ValueError, TypeError) as error:
                raise ValueError(f"Column {name!r}: {error}") from None
            data = data.set_column(index, name, converted)
    return as_stored(data.combine_chunks(), workspace)  # type: ignore[no-any-return]  # a table


def _read(path: Path) -> pa.Table:
    import pyarrow as pa

    if path.suffix.lower() == ".csv":
        from pyarrow import csv

        # An empty cell is missing, a quoted empty one is an empty text, as write_csv has it.
        missing = csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
        return csv.read_csv(path, convert_options=missing)
    if path.suffix.lower() == ".parquet":
        import pyarrow.parquet as pq

        return pq.read_table(path)
    rows = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"{path} holds no list of objects.")
    return pa.Table.from_pylist(rows)


def _converted(column: pa.ChunkedArray, kind: str | None) -> Any:
    import pyarrow as pa
    import pyarrow.types as pt

    if kind == "json":
        return _json_values(column)
    if kind == "list":
        return _lists(column)
    plain = {
        "string": pa.string(),
        "int32": pa.int32(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
    }
    if kind is not None:
        return column.cast(plain[kind])
    if pt.is_large_string(column.type):
        return column.cast(pa.string())
    if pt.is_integer(column.type) and column.type not in (pa.int32(), pa.int64()):
        return column.cast(pa.int64())
    if pt.is_large_list(column.type):
        return column.cast(pa.list_(column.type.value_type))
    if pt.is_binary(column.type) or pt.is_large_binary(column.type):
        raise ValueError("bytes need a kind under types, image for instance.")
    return column


def _json_values(column: pa.ChunkedArray) -> Any:
    cells = column.to_pylist()
    values = [json.loads(cell) if isinstance(cell, str) else cell for cell in cells]
    return _encoded(knext.logical(dict).to_pyarrow(), values)


def _encoded(arrow_type: Any, values: list[Any]) -> Any:
    return _stored(arrow_type, [None if v is None else arrow_type.encode(v) for v in values])


def _stored(arrow_type: Any, cells: list[Any]) -> Any:
    import pyarrow as pa

    return pa.ExtensionArray.from_storage(arrow_type, pa.array(cells, arrow_type.storage_type))


def _lists(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    cells = column.to_pylist()
    values = [json.loads(cell) if isinstance(cell, str) else cell for cell in cells]
    return pa.array(values)
