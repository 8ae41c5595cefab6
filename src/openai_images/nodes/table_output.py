"""Output tables row by row: columns of the input table, and new ones beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

import knime.extension as knext

from ..rows import Row, columns_of
from .columns import arrow_type, filled_array, stored
from .table_input import ROW_ID

__all__ = ["TableWriter"]

# All batches but the last have the same size. Larger ones of pictures have left the processor's
# caches when they are written.
BATCH_ROWS = 8


class TableWriter:
    """Writes a table whose rows each belong to a row of the input table.

    Args:
        kept: the input's columns that it repeats, as the input's Arrow data has them.
        added: the core's columns beside them.
        names: the names of `added` in the table.
    """

    def __init__(self, kept: Sequence[pa.Field], added: pa.Schema, names: Sequence[str]) -> None:
        self.table = knext.BatchOutputTable.create(row_ids="keep")
        self._kept = [pa.field(field.name, field.type) for field in kept]
        self._added = [(field.name, arrow_type(field)) for field in added]
        new = [pa.field(name, it[1]) for name, it in zip(names, self._added, strict=True)]
        self._schema = pa.schema([pa.field(ROW_ID, pa.string()), *self._kept, *new])
        self._rows: list[tuple[str, Row, list[Any]]] = []

    def add(self, row_id: str, row: Row, cells: Mapping[str, Any]) -> None:
        """Add a row: the kept cells of `row`, and `cells` by the core's names."""
        values = [stored(cells.get(name), column_type) for name, column_type in self._added]
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
            filled_array(list(column), column_type)
            for column, (_, column_type) in zip(cells, self._added, strict=True)
        ]
        self.table.append(pa.RecordBatch.from_arrays([ids, *kept, *added], schema=self._schema))
        self._rows = []
