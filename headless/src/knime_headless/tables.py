"""The tables that nodes put out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from knime_headless import backend
from knime_headless.table_files import ROW_ID, ArrowFile, Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from knime.extension import Schema


class StoredTable:
    """A table that a node has put out.

    It can be read here and given as input to other nodes; its file lives as long as it does.
    """

    def __init__(self, file: ArrowFile, workspace: Workspace) -> None:
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
