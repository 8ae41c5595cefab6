"""Output tables row by row: columns of the input table, and new ones beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

import knime.extension as knext

from ..rows import BATCH_ROWS, Row, columns_of
from .columns import arrow_type, filled_array
from .table_input import ROW_ID

__all__ = ["TableWriter"]


class TableWriter:
    """Writes a table whose rows each belong to a row of the input table.

    In batches that, as KNIME wants it, all have the same size but the last.

    Args:
        kept: the input's columns that it repeats, as the input's Arrow data has them.
        added: the core's columns beside them.
        names: the names of `added` in the table.
    """

    def __init__(self, kept: Sequence[pa.Field], added: pa.Schema, names: Sequence[str]) -> None:
        self.table = knext.BatchOutputTable.create(row_ids="keep")
        self._kept = [pa.field(field.name, field.type) for field in kept]
        self._added = [pa.field(field.name, arrow_type(field)) for field in added]
        new = [field.with_name(name) for name, field in zip(names, self._added, strict=True)]
        self._schema = pa.schema([pa.field(ROW_ID, pa.string()), *self._kept, *new])
        self._rows: list[tuple[str, Row, list[Any]]] = []

    def add(self, row_id: str, row: Row, cells: Mapping[str, Any]) -> None:
        """Add a row: the kept cells of `row`, and `cells` by the core's names."""
        values = [cells.get(field.name) for field in self._added]
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
            filled_array(list(column), field.type)
            for column, field in zip(cells, self._added, strict=True)
        ]
        self.table.append(pa.RecordBatch.from_arrays([ids, *kept, *added], schema=self._schema))
        self._rows = []
