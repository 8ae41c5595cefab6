"""Output tables row by row: columns of the input table, and new ones beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

import knime.extension as knext

from ..errors import InvalidRequest
from ..rows import Row, columns_of
from .columns import arrow_type, filled_array, stored
from .table_input import ROW_ID

__all__ = ["TableWriter"]

# All batches but the last have the same size. So many rows of ten pictures are in memory.
BATCH_ROWS = 32


class TableWriter:
    """Writes a table whose rows each belong to a row of the input table.

    Args:
        kept: the input's columns that it repeats, as the input's Arrow data has them.
        added: the core's columns beside them.
        names: the names of `added` in the table.

    Raises:
        InvalidRequest: a kept column is stored in a way that single rows cannot be taken from.
    """

    def __init__(self, kept: Sequence[pa.Field], added: pa.Schema, names: Sequence[str]) -> None:
        _refuse_dictionaries(kept)
        self.table = knext.BatchOutputTable.create(row_ids="keep")
        self._kept = [pa.field(field.name, field.type) for field in kept]
        self._added = added
        self._schema = pa.schema(
            [
                pa.field(ROW_ID, pa.string()),
                *self._kept,
                *(
                    pa.field(name, arrow_type(field))
                    for name, field in zip(names, added, strict=True)
                ),
            ]
        )
        self._rows: list[tuple[str, Row, list[Any]]] = []

    def add(self, row_id: str, row: Row, cells: Mapping[str, Any]) -> None:
        """Add a row: the kept cells of `row`, and `cells` by the core's names."""
        values = [stored(cells.get(field.name), field) for field in self._added]
        self._rows.append((row_id, row, values))
        if len(self._rows) == BATCH_ROWS:
            self._flush()

    def close(self) -> knext.BatchOutputTable:
        """Write what is left; a table without rows keeps its columns."""
        if self._rows or not self.table.num_batches:
            self._flush()
        return self.table

    def _flush(self) -> None:
        ids = pa.array([row_id for row_id, _, _ in self._rows], pa.string())
        kept = columns_of([row for _, row, _ in self._rows], self._kept)
        cells = list(zip(*(values for _, _, values in self._rows), strict=True))
        cells = cells or [()] * len(self._added)
        added = [
            filled_array(list(column), arrow_type(field))
            for column, field in zip(cells, self._added, strict=True)
        ]
        self.table.append(pa.RecordBatch.from_arrays([ids, *kept, *added], schema=self._schema))
        self._rows = []


def _refuse_dictionaries(fields: Iterable[pa.Field]) -> None:
    """KNIME stores some columns, such as paths, with each value only where it first occurs: rows
    that are taken out of a batch would lose it without a word."""
    for field in fields:
        if _has_dictionary(field.type):
            raise InvalidRequest(
                f'The column "{field.name}" cannot be repeated row by row: filter it out before '
                "this node, or turn it into texts (paths: by the node Path to String)."
            )


def _has_dictionary(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        return "struct_dict_encoded" in kind.extension_name or _has_dictionary(kind.storage_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _has_dictionary(kind.value_type)
    return pa.types.is_struct(kind) and any(_has_dictionary(inner.type) for inner in kind)
