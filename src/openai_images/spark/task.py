"""What a task of Spark does on an executor: one session and one batch for its partition."""

from __future__ import annotations

import logging
import os
import sys
import zipimport
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ..batch import Result, run
from ..connection import Connection, ServiceKind
from ..errors import InvalidCredential
from ..job import ResultFormat
from ..rows import BATCH_ROWS, Row, RowJobs, columns_of
from ..secret import Secret
from ..session import Session, open_session
from ..tables import FAILURES, SCHEMAS, failure_row, result_rows

if TYPE_CHECKING:
    from ..services.recorded import RecordedService

__all__ = ["Task", "added_columns"]

_LOG = logging.getLogger("openai_images")
_CONCURRENCY = 4


@dataclass(frozen=True)
class Task:
    """What every task does; it travels to the executors, so no secret is in it.

    Attributes:
        connection: with a task's share of the rate limit.
        secret: the name of a variable, or the path of a file, with the key.
        journal: the folder, as `pyarrow.fs` reads it; None for none.
        run: what the journal calls this work.
        kept: the columns of the input that are repeated.
        names: those of the `added_columns`, as they are called beside the kept ones.
        concurrency: calls under way in one task; None for what suits the service.
    """

    connection: Connection
    secret: str | Path | None
    journal: str | None
    run: str
    jobs: RowJobs
    kept: tuple[str, ...]
    names: tuple[str, ...]
    concurrency: int | None

    def run_on(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The results of a partition."""
        from pyspark import TaskContext

        context = TaskContext.get()
        if context is None:
            raise RuntimeError("This runs in tasks of Spark only.")
        cores = context.cpus()
        is_embedded = self.connection.service is ServiceKind.EMBEDDED
        concurrency = self.concurrency or (cores if is_embedded else _CONCURRENCY)
        told: set[str] = set()
        with open_session(
            self.connection, _read(self.secret), engine_workers=cores, shares_rate_limit=False
        ) as session:
            service = self._recorded(session, context)
            output = _Output(self.jobs.job.result_format, self.kept, self.names)
            items = self.jobs.items(_rows(batches, context.partitionId()))
            for result in run(items, session, service, concurrency=concurrency):
                for warning in set(result.warnings) - told:
                    _LOG.warning("%s", warning)
                    told.add(warning)
                yield from output.add(result)
            yield from output.rest()
        _keep_archives_read()

    def _recorded(self, session: Session, context: Any) -> RecordedService | None:
        if self.journal is None:
            return None
        from pyarrow import fs

        from ..journal.objects import ObjectJournal

        filesystem, folder = fs.FileSystem.from_uri(self.journal)
        journal = ObjectJournal(
            filesystem,
            folder,
            # A stage keeps its number when its tasks are repeated; other work has another one.
            run=f"{self.run}-{context.stageId()}",
            part=context.partitionId(),
        )
        return session.recorded(journal)


class _Output:
    """Results as Arrow batches: the kept columns of a row, and what became of it."""

    def __init__(
        self, result_format: ResultFormat, kept: Sequence[str], names: Sequence[str]
    ) -> None:
        self._format = result_format
        self._kept = kept
        self._added = added_columns(result_format)
        self._names = names
        self._rows: list[tuple[Row, dict[str, Any]]] = []

    def add(self, result: Result[Row]) -> Iterator[pa.RecordBatch]:
        """Take a result; gives a batch whenever one is full."""
        for cells in self._cells(result):
            self._rows.append((result.item.tag, cells))
            if len(self._rows) == BATCH_ROWS:
                yield from self.rest()

    def rest(self) -> Iterator[pa.RecordBatch]:
        """What is left, if anything is."""
        if not self._rows:
            return
        rows, cells = zip(*self._rows, strict=True)
        self._rows = []
        kept = columns_of(rows, [rows[0].batch.schema.field(name) for name in self._kept])
        added = [pa.array([row.get(it.name) for row in cells], it.type) for it in self._added]
        yield pa.RecordBatch.from_arrays([*kept, *added], [*self._kept, *self._names])

    def _cells(self, result: Result[Row]) -> list[dict[str, Any]]:
        if result.error is not None:
            return [failure_row(result.error)]
        return [{}] if result.outcome is None else result_rows(result.outcome, self._format)


def added_columns(result_format: ResultFormat) -> pa.Schema:
    """The columns beside the kept ones; both kinds of rows have the ID of their request."""
    result = SCHEMAS[result_format]
    return pa.schema([*result, *(it for it in FAILURES if it.name not in result.names)])


def _keep_archives_read() -> None:
    """Let the next task of this process begin at once.

    Before each task Spark has import forget what it knows of files, on which Python before 3.13
    reads the archives of PySpark and Spark anew, each as often as it has packages: 0.15 s a task
    (github.com/python/cpython/issues/103200). What has no finder has nothing to forget; import
    makes one again when it needs it. Archives that users add, and may change, are left alone.
    """
    from pyspark import SparkFiles

    added = SparkFiles.getRootDirectory()
    for path, finder in list(sys.path_importer_cache.items()):
        if isinstance(finder, zipimport.zipimporter) and not path.startswith(added):
            del sys.path_importer_cache[path]


def _rows(batches: Iterable[pa.RecordBatch], partition: int) -> Iterator[Row]:
    number = 0
    for batch in batches:
        for index in range(batch.num_rows):
            yield Row(f"{partition}-{number}", batch, index)
            number += 1


def _read(secret: str | Path | None) -> Secret | None:
    """The key, on the executor.

    Raises:
        InvalidCredential: it is not there, or cannot be a key.
    """
    if secret is None:
        return None
    if isinstance(secret, str):
        return Secret(os.environ.get(secret), name=f"environment variable {secret}")
    try:
        return Secret(secret.read_text(encoding="utf-8"), name=f"file {secret}")
    except (OSError, UnicodeDecodeError):
        raise InvalidCredential(
            f"The file {secret} with the API key cannot be read on the executor: mount it there."
        ) from None
