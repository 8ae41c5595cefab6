"""Tables between nodes: Arrow files, written batch by batch and read through a memory map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from knime_headless import backend

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from knime.extension import Schema

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

        if self._schema is None:
            self._schema = schema.remove_metadata()
            self._writer = pa.ipc.new_file(str(self.path), self._schema)
        elif schema.remove_metadata() != self._schema:
            raise ValueError(_difference(self._schema, schema))

    def _append(self, batch: pa.RecordBatch) -> None:
        self._batch_size = self._batch_size or batch.num_rows
        if self._ended or batch.num_rows > self._batch_size:
            raise ValueError(
                f"A batch of {batch.num_rows} rows came after batches of {self._batch_size}; all "
                "batches of a table but the last have the same number of rows."
            )
        self._ended = batch.num_rows < self._batch_size
        self._check_row_ids(batch.column(0))
        self._writer.write_batch(batch.replace_schema_metadata(None))

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


class StoredTable:
    """A table that a node has put out.

    It can be read here and given as input to other nodes; its file lives as long as it does.
    """

    def __init__(self, file: ArrowFile, workspace: backend.Workspace) -> None:
        self.file = file
        self.workspace = workspace

    @property
    def spec(self) -> Schema:
        """The columns, without the RowID."""
        schema: Schema = backend.with_display_types(backend.input_table(self.file).schema)
        return schema

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, without the RowID."""
        return list(self.spec.column_names)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return self.file.num_rows

    def to_pandas(self) -> pd.DataFrame:
        """A DataFrame with the RowID as index; images as PIL images."""
        import pandas as pd

        with backend.table_session(self.workspace):
            table = backend.input_table(self.file)
            frame: pd.DataFrame = table.to_pandas()
            for field in table.to_pyarrow().schema:
                if hasattr(field.type, "decode"):
                    values = list(frame[field.name])
                    frame[field.name] = pd.Series(values, index=frame.index, dtype=object)
        return frame

    def to_pyarrow(self) -> pa.Table:
        """Arrow data as a node would see it: the RowID first, values such as images encoded."""
        return backend.input_table(self.file).to_pyarrow()

    def rows(self) -> list[dict[str, Any]]:
        """The rows as dictionaries without the RowID; images as PIL images, missing as None."""
        with backend.table_session(self.workspace):
            data = self.to_pyarrow().drop_columns([ROW_ID])
            columns = {name: data.column(name).to_pylist() for name in data.column_names}
        return [{name: values[i] for name, values in columns.items()} for i in range(data.num_rows)]

    def __repr__(self) -> str:
        return f"StoredTable({self.column_names}, {self.num_rows} rows)"
