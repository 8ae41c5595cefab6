"""The batch on Spark: every task makes the variations of its partition. Needs the extra `spark`.

Each task opens one session and runs one batch; rows stream through it, so that its memory does not
grow with their number. Every executor needs this package, and the key if the service wants one.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ..batch import MAX_CONCURRENCY
from ..connection import Connection
from ..errors import InvalidRequest
from ..job import ResultFormat, VariationJob
from ..pictures import Preparation
from ..request import VariationRequest
from ..rows import RowJobs, unique_names
from .settings import (
    Conf,
    check_columns,
    check_journal,
    check_secret,
    refuse_speculation,
    warn_of_large_batches,
    with_share,
)
from .task import Task, added_columns

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["create_image_variations"]


def create_image_variations(
    df: DataFrame,
    connection: Connection,
    request: VariationRequest | None = None,
    *,
    image_column: str,
    secret: str | Path | None = None,
    journal: str | None = None,
    result_format: ResultFormat = ResultFormat.IMAGES,
    preparation: Preparation = Preparation.AUTOMATIC,
    from_columns: Mapping[str, str] | None = None,
    keep_columns: Sequence[str] | None = None,
    concurrency: int | None = None,
    tasks_at_once: int | None = None,
) -> DataFrame:
    """Make variations of the picture in every row; lazily, as Spark does everything.

    The result has the kept columns, those of the result format, and Status, Error, Code, Request ID
    and May Be Billed. A row that failed is one row whose Error says why; a row that did not fail
    has no Error, and as many rows as it has images. A missing picture gives a row of missing cells.

    Args:
        df: the table; what differs from other columns only by case gets a number.
        connection: the service. Its rate limit is for the whole cluster: every task gets an equal
            share of it, `tasks_at_once` of them, whether or not that many have work.
        request: the fields of every call; its picture is left empty. One image by default.
        image_column: PNG, JPEG or other picture files (binary), or their paths, seen from the
            executors, or web addresses (string).
        secret: where each executor finds the API key: the name of an environment variable, in
            capital letters, or the Path of a file. The key itself never leaves the executor.
        journal: folder, shared by all executors, in which calls and answers are kept, so that
            nothing is paid twice when Spark repeats a task or the job is started again: an
            absolute path (NFS), or a URI as `pyarrow.fs` reads it (s3, gs, abfs, hdfs). Without
            one, a task that is repeated makes its calls again.
        preparation: how a picture becomes what the call needs.
        from_columns: fields that each row says itself, of model, n, size and user, and the columns
            with them.
        keep_columns: columns of `df` that the result repeats; None for all.
        concurrency: calls that one task has under way, 1 to 64; 4 by default, and for the engine
            as many as the task has cores.
        tasks_at_once: how many tasks can run at the same time, where Spark's settings do not say
            it or where there are fewer partitions.

    Raises:
        InvalidConnection: Spark would send calls twice or the key would be seen; or the rate limit
            cannot be divided.
        InvalidRequest: a column does not exist or holds something else, or a value is out of range.
    """
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    conf: Conf = df.sparkSession.conf.get
    refuse_speculation(conf)
    check_secret(connection, secret, conf)
    check_journal(journal)
    from_columns = dict(from_columns or {})
    keep_columns = list(df.columns if keep_columns is None else keep_columns)
    check_columns(df.schema, image_column, from_columns, keep_columns)
    warn_of_large_batches(df.schema, image_column, conf)
    if concurrency is not None and not 1 <= concurrency <= MAX_CONCURRENCY:
        raise InvalidRequest(f"concurrency is {concurrency}; it must be 1 to {MAX_CONCURRENCY}.")

    job = VariationJob(
        "", request or VariationRequest(b""), preparation, result_format=result_format
    )
    added = added_columns(result_format)
    names = unique_names(added.names, keep_columns, str.casefold)
    task = Task(
        connection=with_share(connection, conf, tasks_at_once),
        secret=secret,
        journal=journal,
        run=secrets.token_hex(8),
        jobs=RowJobs(image_column, job, from_columns),
        kept=tuple(keep_columns),
        names=tuple(names),
        concurrency=concurrency,
    )

    def create_image_variations(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return task.run_on(batches)

    kept = [df.schema[name] for name in keep_columns]
    new = from_arrow_schema(pa.schema(map(pa.Field.with_name, added, names)))
    return df.mapInArrow(create_image_variations, StructType([*kept, *new]))
