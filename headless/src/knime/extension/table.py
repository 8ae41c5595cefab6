"""Tables as nodes see them; what they are made of is imported when the first one is made."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from knime.extension.schema.columns import Schema, Selection

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

ROW_ID = "<RowID>"
"""Name of the first column of a table's Arrow data, which identifies the row."""

Sentinel = str | int | None
"""Stands for missing values in columns of whole numbers: ``"min"``, ``"max"`` or a number."""


class TableBackend(Protocol):
    """Makes tables while a node executes."""

    def create_table_from_pyarrow(
        self, data: pa.Table, sentinel: Sentinel, row_ids: str = "auto"
    ) -> Table: ...

    def create_table_from_pandas(
        self, data: pd.DataFrame, sentinel: Sentinel, row_ids: str = "auto"
    ) -> Table: ...

    def create_batch_output_table(self, row_ids: str = "keep") -> BatchOutputTable: ...


_backend: TableBackend | None = None


def use_backend(backend: TableBackend | None) -> None:
    """Say who makes tables from now on; ``None`` when no node executes."""
    global _backend
    _backend = backend


def _current_backend() -> TableBackend:
    if _backend is None:
        raise RuntimeError("Tables can only be made while a node executes.")
    return _backend


class Table(ABC):
    """The data of a table port. Columns and rows are picked with ``table[columns, rows]``."""

    @staticmethod
    def from_pyarrow(data: pa.Table, sentinel: Sentinel = None, row_ids: str = "auto") -> Table:
        """A table of Arrow data.

        Args:
            data: columns of the types KNIME takes; all batches but the last of equal size.
            sentinel: a number to be read as missing in columns of whole numbers.
            row_ids: ``"keep"``: the first column is the RowID; ``"generate"``: Row0, Row1 and so
                on; ``"auto"``: keep if the first column is called ``<RowID>``, else generate.

        Raises:
            ValueError: a column type that KNIME does not take, or unequal batches.
        """
        return _current_backend().create_table_from_pyarrow(data, sentinel, row_ids=row_ids)

    @staticmethod
    def from_pandas(data: pd.DataFrame, sentinel: Sentinel = None, row_ids: str = "auto") -> Table:
        """A table of a DataFrame.

        Args:
            data: the index becomes the RowID and must be unique.
            sentinel: a number to be read as missing in columns of whole numbers.
            row_ids: ``"keep"``: the index as text; ``"generate"``: Row0, Row1 and so on;
                ``"auto"``: like keep, with ``Row`` in front of an index of whole numbers.
        """
        return _current_backend().create_table_from_pandas(data, sentinel, row_ids=row_ids)

    @abstractmethod
    def to_pandas(self, sentinel: Sentinel = None) -> pd.DataFrame:
        """A DataFrame with the RowID as index."""

    @abstractmethod
    def to_pyarrow(self, sentinel: Sentinel = None) -> pa.Table:
        """Arrow data with the RowID as first column, called ``<RowID>``."""

    @property
    @abstractmethod
    def schema(self) -> Schema:
        """The columns without the RowID."""

    @property
    @abstractmethod
    def num_rows(self) -> int:
        """How many rows there are."""

    @property
    def column_names(self) -> list[str]:
        """The names of the columns without the RowID."""
        return self.schema.column_names

    @property
    def num_columns(self) -> int:
        """How many columns there are, not counting the RowID."""
        return self.schema.num_columns

    @property
    def shape(self) -> tuple[int, int]:
        """Number of columns and number of rows."""
        return self.num_columns, self.num_rows

    @abstractmethod
    def __getitem__(self, selection: Selection | tuple[Selection, slice]) -> Table: ...

    @abstractmethod
    def remove(self, slicing: str | int | list[str]) -> Table:
        """The table without some columns."""

    def batches(self) -> Iterator[Table]:
        """The table piece by piece; only for a table that came in as input, unchanged."""
        raise RuntimeError("Only an unmodified input table can be read in batches.")

    def to_batches(self) -> Iterator[Table]:
        """The same as `batches`."""
        return self.batches()


class BatchOutputTable(ABC):
    """An output table that is written piece by piece, so that it never is in memory as a whole."""

    @staticmethod
    def create(row_ids: str = "keep") -> BatchOutputTable:
        """An empty output table.

        Args:
            row_ids: ``"generate"``: Row0, Row1 and so on through all batches; ``"keep"``: the
                batches bring RowIDs that are unique over all of them.
        """
        return _current_backend().create_batch_output_table(row_ids=row_ids)

    @staticmethod
    def from_batches(generator: Iterable[Any], row_ids: str = "generate") -> BatchOutputTable:
        """An output table of all batches of an iterable."""
        table = BatchOutputTable.create(row_ids=row_ids)
        for batch in generator:
            table.append(batch)
        return table

    @abstractmethod
    def append(self, batch: Table | pd.DataFrame | pa.Table | pa.RecordBatch) -> None:
        """Write one batch at once.

        All batches have the types of the first and, but for the last, its number of rows.
        """

    @property
    @abstractmethod
    def num_batches(self) -> int:
        """How many batches were appended."""
