"""The tables that nodes read and write."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa

from knime.extension.arrow.convert import (
    arrow_to_pandas,
    checked_arrow,
    pandas_to_arrow,
    with_sentinel,
)
from knime.extension.arrow.types import knime_type_of
from knime.extension.schema.columns import Column, Schema, Selection
from knime.extension.table import ROW_ID, BatchOutputTable, Sentinel, Table


class Sink(Protocol):
    """Where the batches of an output table go."""

    def write(self, data: pa.Table | pa.RecordBatch) -> None:
        """Take over one batch."""


class Source(Protocol):
    """An input table, read batch by batch. The first column is the RowID."""

    @property
    def schema(self) -> pa.Schema: ...

    @property
    def num_rows(self) -> int: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> pa.RecordBatch: ...

    def to_arrow_table(self) -> pa.Table: ...


def schema_of(arrow_schema: pa.Schema) -> Schema:
    """The columns of Arrow data without the RowID, which is the first."""
    fields = [arrow_schema.field(i) for i in range(1, len(arrow_schema))]
    return Schema.from_columns([Column(knime_type_of(f.type), f.name) for f in fields])


class ArrowTable(Table):
    """A table in memory."""

    def __init__(self, data: pa.Table) -> None:
        self._data = data

    @property
    def data(self) -> pa.Table:
        """The Arrow data with the RowID as first column."""
        return self._data

    def to_pandas(self, sentinel: Sentinel = None) -> pd.DataFrame:
        return arrow_to_pandas(self.to_pyarrow(sentinel))

    def to_pyarrow(self, sentinel: Sentinel = None) -> pa.Table:
        if ROW_ID in self.column_names:
            raise RuntimeError(f"A column may not be called {ROW_ID}; rename it.")
        return with_sentinel(self.data, sentinel)

    @property
    def schema(self) -> Schema:
        return schema_of(self.data.schema)

    @property
    def num_rows(self) -> int:
        return int(self.data.num_rows)

    def __getitem__(self, selection: Selection | tuple[Selection, slice]) -> Table:
        columns, rows = selection if isinstance(selection, tuple) else (selection, slice(None))
        picked = self.schema[columns]
        names = [picked.name] if isinstance(picked, Column) else picked.column_names
        start, stop, step = rows.indices(self.num_rows)
        if step != 1:
            raise ValueError("Rows can only be picked without gaps.")
        data = self.data.select([0, *(self.column_names.index(n) + 1 for n in names)])
        return ArrowTable(data.slice(start, max(0, stop - start)))

    def remove(self, slicing: str | int | list[str]) -> Table:
        return self[self.schema.remove(slicing).column_names]

    def __repr__(self) -> str:
        return f"Table[{self.num_columns} columns, {self.num_rows} rows]"


class ArrowSourceTable(ArrowTable):
    """An input table that stays on disk until it is asked for."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._schema = schema_of(source.schema)

    @property
    def data(self) -> pa.Table:
        return self._source.to_arrow_table()

    @property
    def schema(self) -> Schema:
        return self._schema

    @property
    def num_rows(self) -> int:
        return self._source.num_rows

    @property
    def num_batches(self) -> int:
        """How many batches the table was written in."""
        return len(self._source)

    def batches(self) -> Iterator[Table]:
        for index in range(len(self._source)):
            yield ArrowTable(pa.Table.from_batches([self._source[index]]))


class ArrowBatchOutputTable(BatchOutputTable):
    """An output table whose batches go to a sink at once."""

    def __init__(self, sink: Sink, row_ids: str) -> None:
        if row_ids not in ("keep", "generate"):
            raise ValueError(f"row_ids is 'keep' or 'generate', not {row_ids!r}.")
        self.sink = sink
        self._row_ids = row_ids
        self._num_rows = 0
        self._num_batches = 0

    def append(self, batch: Table | pd.DataFrame | pa.Table | pa.RecordBatch) -> None:
        data = self._arrow(batch)
        self.sink.write(data)
        self._num_rows += data.num_rows
        self._num_batches += 1

    def _arrow(self, batch: Any) -> pa.Table:
        if isinstance(batch, ArrowTable):
            if self._row_ids == "keep":
                return batch.data
            return checked_arrow(batch.data.remove_column(0), None, "generate", self._num_rows)
        if isinstance(batch, (pa.Table, pa.RecordBatch)):
            return checked_arrow(batch, None, self._row_ids, self._num_rows)
        if isinstance(batch, pd.DataFrame):
            return pandas_to_arrow(batch, None, self._row_ids, self._num_rows)
        raise TypeError(
            "A batch is a Table, a pandas DataFrame, or a pyarrow Table or RecordBatch, "
            f"not {type(batch).__name__}."
        )

    @property
    def num_batches(self) -> int:
        return self._num_batches


class ArrowBackend:
    """Makes tables while a node executes; ``sink_factory`` gives each output table its place."""

    def __init__(self, sink_factory: Callable[[], Sink]) -> None:
        self._sink_factory = sink_factory

    def create_table_from_pyarrow(
        self, data: pa.Table, sentinel: Sentinel, row_ids: str = "auto"
    ) -> Table:
        return ArrowTable(checked_arrow(data, sentinel, row_ids))

    def create_table_from_pandas(
        self, data: pd.DataFrame, sentinel: Sentinel, row_ids: str = "auto"
    ) -> Table:
        return ArrowTable(pandas_to_arrow(data, sentinel, row_ids))

    def create_batch_output_table(self, row_ids: str = "keep") -> BatchOutputTable:
        return ArrowBatchOutputTable(self._sink_factory(), row_ids)
