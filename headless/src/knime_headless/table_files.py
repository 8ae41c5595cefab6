"""Tables as Arrow files, written batch by batch and read through a memory map."""

from __future__ import annotations

import shutil
import weakref
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knime_headless.temporary import new_folder

if TYPE_CHECKING:
    import pyarrow as pa

ROW_ID = "<RowID>"


class ArrowWriter:
    """An Arrow file that takes batches the way KNIME does.

    The first batch fixes the types of the columns and the number of rows; only the last one may
    have fewer. RowIDs, in the first column, are unique over all batches.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer: Any = None
        self._schema: pa.Schema | None = None
        self._batch_size = 0
        self._ended = False
        self._row_ids: set[str] = set()

    def write(self, data: pa.Table | pa.RecordBatch) -> None:
        """Append a batch, or each batch of a table.

        Raises:
            ValueError: the batch does not fit to the first one, or repeats a RowID.
        """
        import pyarrow as pa

        if isinstance(data, pa.RecordBatch):
            data = pa.Table.from_batches([data])
        self._open(data.schema)
        for batch in data.to_batches():
            if batch.num_rows:
                self._append(batch)

    def _open(self, schema: pa.Schema) -> None:
        import pyarrow as pa

        # The first column is the RowID, whatever it is called in the node's data.
        schema = pa.schema([schema.field(0).with_name(ROW_ID), *list(schema)[1:]])
        if self._schema is None:
            self._schema = schema
            self._writer = pa.ipc.new_file(str(self.path), self._schema)
        elif schema != self._schema:
            raise ValueError(_difference(self._schema, schema))

    def _append(self, batch: pa.RecordBatch) -> None:
        import pyarrow as pa

        self._batch_size = self._batch_size or batch.num_rows
        if self._ended or batch.num_rows > self._batch_size:
            raise ValueError(
                f"A batch of {batch.num_rows} rows came after batches of {self._batch_size}; all "
                "batches of a table but the last have the same number of rows."
            )
        self._ended = batch.num_rows < self._batch_size
        self._check_row_ids(batch.column(0))
        self._writer.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=self._schema))

    def _check_row_ids(self, column: Any) -> None:
        for row_id in getattr(column, "storage", column).to_pylist():
            if row_id is None:
                raise ValueError("A RowID is missing.")
            if row_id in self._row_ids:
                raise ValueError(
                    f"The RowID {row_id!r} occurs twice; RowIDs are unique in a table. For batches "
                    'use BatchOutputTable.create(row_ids="generate").'
                )
            self._row_ids.add(row_id)

    def close(self) -> None:
        """Finish the file; without any batch it is a table without columns."""
        import pyarrow as pa

        if self._schema is None:
            self._open(pa.schema([(ROW_ID, pa.string())]))
        if self._schema is not None and not self._row_ids:
            columns = [_no_values(arrow_type) for arrow_type in self._schema.types]
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._writer.close()


def _no_values(arrow_type: Any) -> Any:
    import pyarrow as pa

    if not isinstance(arrow_type, pa.BaseExtensionType):
        return pa.array([], arrow_type)
    return pa.ExtensionArray.from_storage(arrow_type, _no_values(arrow_type.storage_type))


def _difference(first: pa.Schema, later: pa.Schema) -> str:
    import pyarrow as pa

    if first.names != later.names:
        return f"A batch has the columns {later.names[1:]}, the first one {first.names[1:]}."
    name, was, now = next(
        (old.name, old.type, new.type)
        for old, new in zip(first, later, strict=True)
        if old.type != new.type
    )
    if pa.types.is_null(was) or "VoidValueFactory" in str(was):
        return (
            f"Column '{name}' was missing throughout the first batch and so got no type; its later "
            "values would be lost in KNIME. Build all batches with one explicit Arrow schema."
        )
    return f"Column '{name}' is {now} in a batch, but {was} in the first one."


class ArrowFile:
    """A finished table, as the tables handed to nodes read it."""

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.path = path
        self._reader = pa.ipc.open_file(pa.memory_map(str(path)))

    @property
    def schema(self) -> pa.Schema:
        """The Arrow types; the RowID is the first column."""
        return self._reader.schema

    @property
    def num_rows(self) -> int:
        """Rows of all batches."""
        return sum(self[i].num_rows for i in range(len(self)))

    def __len__(self) -> int:
        return int(self._reader.num_record_batches)

    def __getitem__(self, index: int) -> pa.RecordBatch:
        return self._reader.get_batch(index)

    def to_arrow_table(self) -> pa.Table:
        """All batches."""
        return self._reader.read_all()


class Workspace:
    """A folder for the tables of one or more nodes; removed when nothing refers to it any more."""

    def __init__(self) -> None:
        self.path = new_folder()
        self._numbers = count(1)
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def new_path(self, kind: str) -> Path:
        """A path in the folder that was not given out before."""
        return self.path / f"{kind}-{next(self._numbers)}"

    def new_writer(self) -> ArrowWriter:
        """A new table file."""
        return ArrowWriter(self.new_path("table"))
