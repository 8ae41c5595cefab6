"""From the results of rows to both output tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

import knime.extension as knext

from ..batch import Result
from ..errors import ImagesError, NotSent
from ..job import Outcome, ResultFormat
from ..rows import unique_names
from ..services.recorded import Counts
from ..tables import FAILURES, SCHEMAS, failure_row, result_rows
from .columns import knime_columns
from .table_input import ROW_ID, KnimeRow
from .table_output import TableWriter
from .view import gallery

__all__ = ["INPUT_ROW_ID", "Outputs", "Results", "failures_schema"]

INPUT_ROW_ID = pa.schema([pa.field("Input RowID", pa.string())])
# As many pictures as the gallery shows, and as many kinds of warnings as the node tells.
_GALLERY_PICTURES = 12
_WARNINGS_SHOWN = 3


@dataclass(frozen=True)
class Results:
    """Which columns the result table has.

    Attributes:
        result_format: of the columns beside the kept ones.
        kept: which of the input's columns are repeated: `ALL`, `NONE`, or only the `ROW_ID`.
    """

    result_format: ResultFormat
    kept: str

    @property
    def added(self) -> pa.Schema:
        """The core's columns, the RowID of the input before them where that alone is kept."""
        result: pa.Schema = SCHEMAS[self.result_format]
        return pa.schema([*INPUT_ROW_ID, *result]) if self.kept == "ROW_ID" else result

    def kept_names(self, column_names: list[str]) -> list[str]:
        """Of the input's columns, those that the result repeats."""
        return column_names if self.kept == "ALL" else []

    def schema(self, table: knext.Schema) -> knext.Schema:
        """The columns of the result table."""
        kept = [column for column in table if column.name in self.kept_names(table.column_names)]
        return _with_added(kept, self.added)


def failures_schema(table: knext.Schema) -> knext.Schema:
    """The columns of the failures table: all of the input's, and why it failed."""
    return _with_added(list(table), FAILURES)


def _with_added(kept: list[knext.Column], added: pa.Schema) -> knext.Schema:
    names = unique_names(added.names, [column.name for column in kept])
    columns = [
        knext.Column(column.ktype, name)
        for column, name in zip(knime_columns(added), names, strict=True)
    ]
    return knext.Schema.from_columns([*kept, *columns])


class Outputs:
    """Takes results in order and writes both tables; remembers what is to be told and shown."""

    def __init__(self, table: knext.Table, results: Results, counts: Counts) -> None:
        fields = [field for field in _arrow_schema(table) if field.name != ROW_ID]
        names = [field.name for field in fields]
        kept = [field for field in fields if field.name in results.kept_names(names)]
        kept_names = [field.name for field in kept]
        self._format = results.result_format
        self._result = TableWriter(
            kept, results.added, unique_names(results.added.names, kept_names)
        )
        self._failures = TableWriter(fields, FAILURES, unique_names(FAILURES.names, names))
        self._warnings: Counter[str] = Counter()
        self._first_warned: dict[str, str] = {}
        self._gallery: list[Outcome] = []
        self._page: Future[str] | None = None
        self.left_out = 0
        self._counts = counts
        self._failed = 0
        self._kinds_of_failures: dict[type, tuple[str, ImagesError]] = {}

    def add(self, result: Result[KnimeRow]) -> None:
        """Write the rows that a result makes."""
        row = result.item.tag
        for warning in result.warnings:
            self._warnings[warning] += 1
            self._first_warned.setdefault(warning, row.id)
        if result.error is not None:
            self._add_failure(row, result.error)
        elif result.outcome is None:
            self._result.add(self._row_id(row, 1), row, {"Input RowID": row.id})
        else:
            self._add_outcome(row, result.outcome)

    def close(self) -> tuple[knext.BatchOutputTable, knext.BatchOutputTable]:
        """Both tables, complete."""
        return self._result.close(), self._failures.close()

    def gallery(self) -> str:
        """The page of the first pictures."""
        self._page = self._page or self._draw()
        return self._page.result()

    def raise_first_failure(self, is_fatal: Callable[[ImagesError], bool]) -> None:
        """Fail where a failure is fatal.

        Raises:
            ImagesError: names the row.
        """
        for row_id, error in self._kinds_of_failures.values():
            if is_fatal(error):
                raise ImagesError(
                    f"{row_id}: {error} Answers that were received are kept: run the node again "
                    "to go on from there."
                )

    def sentences(self) -> list[str]:
        """What the node tells when it is through."""
        told = []
        if self._failed:
            row_id, error = next(iter(self._kinds_of_failures.values()))
            told.append(f"{self._failed:,} row(s) failed, see Failures. {row_id}: {error}")
        if self.left_out:
            told.append(f"{self.left_out:,} of them were not sent; run the node again to go on.")
        if self._counts.taken_over:
            told.append(
                f"{self._counts.taken_over:,} answer(s) were taken over from an earlier run."
            )
        if self._counts.unknown:
            told.append(
                f"{self._counts.unknown:,} call(s) were sent when the last run ended and may have "
                "been billed; they were not made again, see Failures."
            )
        for warning, rows in self._warnings.most_common(_WARNINGS_SHOWN):
            more = f" and {rows - 1:,} more row(s)" if rows > 1 else ""
            told.append(f"{self._first_warned[warning]}{more}: {warning}")
        if len(self._warnings) > _WARNINGS_SHOWN:
            told.append(f"There are {len(self._warnings) - _WARNINGS_SHOWN:,} more warnings.")
        return told

    def _add_failure(self, row: KnimeRow, error: ImagesError) -> None:
        self._failed += 1
        self.left_out += isinstance(error, NotSent)
        self._kinds_of_failures.setdefault(type(error), (row.id, error))
        self._failures.add(row.id, row, failure_row(error))

    def _add_outcome(self, row: KnimeRow, outcome: Outcome) -> None:
        if self._page is None:
            shown = sum(1 + len(each.images) for each in self._gallery)
            if shown + 1 + len(outcome.images) <= _GALLERY_PICTURES:
                self._gallery.append(outcome)
            else:
                self._page = self._draw()
        for number, cells in enumerate(result_rows(outcome, self._format), start=1):
            self._result.add(self._row_id(row, number), row, {**cells, "Input RowID": row.id})

    def _draw(self) -> Future[str]:
        """Draw what the gallery shows, beside the calls: in the end nobody need wait for it."""
        thread = ThreadPoolExecutor(1)
        page = thread.submit(gallery, *self._gallery)
        thread.shutdown(wait=False)
        self._gallery = []
        return page

    def _row_id(self, row: KnimeRow, number: int) -> str:
        return f"{row.id}_{number}" if self._format is ResultFormat.IMAGES else row.id


def _arrow_schema(table: knext.Table) -> pa.Schema:
    """The columns of a table, of which no more than the first batch is read."""
    first: Any = next(iter(table.batches()), table)
    schema: pa.Schema = first.to_pyarrow().schema
    return schema
