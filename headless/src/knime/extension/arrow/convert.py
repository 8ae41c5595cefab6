"""Data from nodes as checked Arrow tables whose first column is the RowID."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from knime.extension.arrow.types import check_column
from knime.extension.schema.types import logical
from knime.extension.table import ROW_ID, Sentinel
from knime.extension.values.kinds import value_type_of
from knime.extension.values.pandas_dtype import LogicalDtype


def checked_arrow(
    data: pa.Table | pa.RecordBatch, sentinel: Sentinel, row_ids: str, first_row: int = 0
) -> pa.Table:
    """Arrow data with a RowID column and only types that KNIME takes.

    Raises:
        ValueError: unequal batches, an unsupported column, or an unknown ``row_ids``.
        TypeError: RowIDs were to be kept, but the first column holds none.
    """
    table = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
    _check_batches(table)
    table = _with_row_ids(table, row_ids, first_row)
    for field in table.schema:
        check_column(field)
    return _plain(_without_sentinel(table, sentinel))


def _check_batches(table: pa.Table) -> None:
    sizes = [batch.num_rows for batch in table.to_batches()]
    if any(size != sizes[0] for size in sizes[:-1]):
        raise ValueError(f"All batches of a table but the last have the same size, not {sizes}.")
    if sizes and sizes[-1] > sizes[0]:
        raise ValueError(f"The last batch of a table is not larger than the others: {sizes}.")


def _with_row_ids(table: pa.Table, row_ids: str, first_row: int) -> pa.Table:
    if row_ids not in ("auto", "keep", "generate"):
        raise ValueError(f"row_ids is 'auto', 'keep' or 'generate', not {row_ids!r}.")
    first = table.schema.field(0) if table.num_columns else None
    named = first is not None and first.name == ROW_ID
    if row_ids == "auto":
        if named and pa.types.is_integer(table.schema.field(0).type):
            return _insert_row_ids(table.remove_column(0), table.column(0).to_pylist())
        row_ids = "keep" if named and pa.types.is_string(table.schema.field(0).type) else "generate"
    if row_ids == "generate":
        return _insert_row_ids(table, range(first_row, first_row + table.num_rows))
    if first is None or not pa.types.is_string(first.type):
        raise TypeError("To keep RowIDs, the first column must hold them as strings.")
    return table


def _insert_row_ids(table: pa.Table, numbers: Any) -> pa.Table:
    row_ids = pa.array([f"Row{number}" for number in numbers], pa.string())
    return table.add_column(0, pa.field(ROW_ID, pa.string()), row_ids)


def _plain(table: pa.Table) -> pa.Table:
    """Dictionaries as their values, single precision as double, no metadata."""
    fields, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        arrow_type = _plain_type(field.type)
        fields.append(pa.field(field.name, arrow_type))
        columns.append(column if arrow_type == field.type else column.cast(arrow_type))
    return pa.table(columns, schema=pa.schema(fields))


def _plain_type(arrow_type: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(arrow_type):
        return _plain_type(arrow_type.value_type)
    if pa.types.is_float32(arrow_type):
        return pa.float64()
    if pa.types.is_list(arrow_type) or pa.types.is_large_list(arrow_type):
        return pa.list_(_plain_type(arrow_type.value_type))
    return arrow_type


def _sentinel_of(arrow_type: pa.DataType, sentinel: str | int) -> int:
    bits = 31 if pa.types.is_int32(arrow_type) else 63
    return {"min": -(2**bits), "max": 2**bits - 1}.get(str(sentinel)) or int(sentinel)


def _without_sentinel(table: pa.Table, sentinel: Sentinel) -> pa.Table:
    if sentinel is None:
        return table
    for index, field in enumerate(table.schema):
        if pa.types.is_integer(field.type):
            missing = pc.equal(table.column(index), _sentinel_of(field.type, sentinel))
            column = pc.if_else(missing, pa.scalar(None, field.type), table.column(index))
            table = table.set_column(index, field, column)
    return table


def with_sentinel(table: pa.Table, sentinel: Sentinel) -> pa.Table:
    """The table with the sentinel in place of missing whole numbers."""
    if sentinel is None:
        return table
    for index, field in enumerate(table.schema):
        if pa.types.is_integer(field.type) and table.column(index).null_count:
            column = table.column(index).fill_null(_sentinel_of(field.type, sentinel))
            table = table.set_column(index, field, column)
    return table


def pandas_to_arrow(
    data: pd.DataFrame, sentinel: Sentinel, row_ids: str, first_row: int = 0
) -> pa.Table:
    """A DataFrame as `checked_arrow`, its index as RowID unless those are generated."""
    if not isinstance(data, pd.DataFrame):
        raise TypeError(f"A pandas DataFrame was expected, not {type(data).__name__}.")
    if row_ids not in ("auto", "keep", "generate"):
        raise ValueError(f"row_ids is 'auto', 'keep' or 'generate', not {row_ids!r}.")
    frame = data.reset_index(drop=True).rename(columns=str)
    for name in frame.select_dtypes(object).columns:
        frame[name] = _with_value_dtype(frame[name])
    if row_ids == "generate":
        labels: Any = range(first_row, first_row + len(data))
    else:
        labels = data.index
    is_number = row_ids == "generate" or (row_ids == "auto" and data.index.dtype.kind in "iu")
    prefix = "Row" if is_number else ""
    # With the RowIDs in it a frame without other columns keeps its rows.
    frame.insert(0, ROW_ID, pd.Series([f"{prefix}{label}" for label in labels], dtype="string"))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return checked_arrow(table, sentinel, "keep")


def _with_value_dtype(column: pd.Series[Any]) -> pd.Series[Any]:
    """Images and dictionaries are told by the class of the first value that is not missing."""
    present = column.dropna()
    if present.empty:
        return column
    python_type = type(present.iloc[0])
    if value_type_of(python_type) is None:
        return column
    dtype = logical(python_type).to_pandas()
    return column.astype(dtype) if isinstance(dtype, LogicalDtype) else column


def arrow_to_pandas(table: pa.Table) -> pd.DataFrame:
    """A DataFrame with the RowID as index and texts as pandas ``string``."""
    texts = pd.StringDtype()
    frame: pd.DataFrame = table.to_pandas(
        types_mapper=lambda t: texts if t == pa.string() else None
    )
    return frame.set_index(frame.columns[0])
