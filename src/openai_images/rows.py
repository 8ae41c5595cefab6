"""Rows of a table as jobs, and what becomes of a row beside its own columns.

What the table node and Spark share: tables come as Arrow batches, and a row is a place in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, TypeVar

import pyarrow as pa

from .batch import Item
from .errors import InvalidRequest, MissingPicture
from .job import VariationJob
from .source import Picture

__all__ = ["BATCH_ROWS", "Row", "RowJobs", "columns_of", "unique_names"]

BATCH_ROWS = 8
"""Result rows that are in memory, and written, at a time; each may hold a picture. More of these
have left the processor's caches when they are written."""


@dataclass(frozen=True)
class Row:
    """A row of a table: what it is called, the batch that it is in, and its place there."""

    id: str
    batch: pa.RecordBatch
    index: int

    def cell(self, column: str) -> Any:
        """The value of a cell; None where it is missing."""
        return self.batch.column(column)[self.index].as_py()

    def picture(self, column: str) -> Picture | str | None:
        """The picture file in a cell, its path or URL, or None where the cell is missing.

        Raises:
            InvalidPicture: the cell does not hold a picture that can be opened.
        """
        value = self.cell(column)
        return value if value is None or isinstance(value, str) else Picture(self.id, value)


AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class RowJobs:
    """What is asked for each row.

    Attributes:
        pictures: the column with the pictures, or their paths and URLs.
        job: the job of every row but for its picture.
        from_columns: fields of the request by name, and the columns that say them for each row;
            a missing cell leaves the job's own value.
        fails_on_missing: whether a row without a picture is a failure.
    """

    pictures: str
    job: VariationJob
    from_columns: Mapping[str, str] = field(default_factory=dict)
    fails_on_missing: bool = False

    def items(self, rows: Iterable[AnyRow]) -> Iterator[Item[AnyRow]]:
        """The jobs of all rows, lazily."""
        for row in rows:
            try:
                yield Item(row, self._job(row))
            except InvalidRequest as error:
                yield Item(row, error)

    def _job(self, row: Row) -> VariationJob | None:
        picture = row.picture(self.pictures)
        if picture is None:
            if self.fails_on_missing:
                raise MissingPicture(
                    "The picture is missing: fill the cell, filter the row out, or set If There "
                    "Are Missing Values to Output missing."
                )
            return None
        cells = {name: row.cell(column) for name, column in self.from_columns.items()}
        set_cells = {name: value for name, value in cells.items() if value is not None}
        request = replace(self.job.request, **set_cells) if set_cells else self.job.request
        return replace(self.job, location=picture, request=request)


def columns_of(rows: Sequence[Row], fields: Iterable[pa.Field]) -> list[pa.Array]:
    """The cells of `rows`, which may lie in several batches, in each of the columns `fields`."""
    fields = list(fields)
    parts: list[list[pa.Array]] = [[] for _ in fields]
    for _, group in groupby(rows, key=lambda row: id(row.batch)):
        members = list(group)
        indices = pa.array([row.index for row in members])
        for part, column in zip(parts, fields, strict=True):
            part += _chunks(members[0].batch.column(column.name).take(indices))
    return [
        pa.concat_arrays(part) if part else pa.array([], column.type)
        for part, column in zip(parts, fields, strict=True)
    ]


def unique_names(
    names: Iterable[str], taken: Iterable[str], key: Callable[[str], str] = str
) -> list[str]:
    """The names as KNIME changes them where a table has them already: `Image (#1)`.

    Args:
        key: what has to differ of a name, such as `str.casefold`.
    """
    used = set(map(key, taken))
    unique = []
    for name in names:
        number, candidate = 0, name
        while key(candidate) in used:
            number += 1
            candidate = f"{name} (#{number})"
        used.add(key(candidate))
        unique.append(candidate)
    return unique


def _chunks(array: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return list(array.chunks) if isinstance(array, pa.ChunkedArray) else [array]
