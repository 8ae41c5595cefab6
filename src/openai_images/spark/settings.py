"""What is refused before Spark plans anything, and what its settings say."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from ..connection import Connection
from ..errors import InvalidConnection, InvalidCredential, InvalidRequest

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

__all__ = [
    "Conf",
    "check_columns",
    "check_journal",
    "check_secret",
    "refuse_speculation",
    "warn_of_large_batches",
    "with_share",
]

Conf = Callable[[str, "str | None"], "str | None"]
"""Gives a setting of the Spark session by its name, or the default."""

# What a variable may be called that holds the key: a key that is passed by mistake is not.
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_SECRET_OPTION = re.compile(r"secret|password|token|key|sig", re.IGNORECASE)
_FIELDS = ("model", "n", "size", "user")


def refuse_speculation(conf: Conf) -> None:
    if (conf("spark.speculation", None) or "").lower() == "true":
        raise InvalidConnection(
            "spark.speculation is on, which makes calls twice and pays for both: start Spark "
            "with spark.speculation=false."
        )


def check_secret(connection: Connection, secret: str | Path | None, conf: Conf) -> None:
    if secret is None:
        if connection.service.needs_key:
            raise InvalidCredential(
                "The service needs a key: name the environment variable, or the file, in which "
                "every executor finds it, as secret."
            )
        return
    if isinstance(secret, Path):
        return
    # Never quoted: it may be the key itself by mistake.
    if not isinstance(secret, str) or not _VARIABLE.fullmatch(secret):
        raise InvalidCredential(
            "secret is neither the name of an environment variable, in capital letters, nor the "
            "Path of a file: the key itself must not travel through Spark."
        )
    if conf(f"spark.executorEnv.{secret}", None) is not None:
        raise InvalidCredential(
            f"spark.executorEnv.{secret} holds the key in Spark's settings, where its web pages "
            "and event logs show it: set the variable on the executors' machines, or mount a file."
        )


def check_journal(journal: str | None) -> None:
    if journal is None:
        return
    # Never quoted: it may hold a secret.
    parts = urlsplit(journal)
    if parts.password or any(_SECRET_OPTION.search(name) for name, _ in parse_qsl(parts.query)):
        raise InvalidConnection(
            "The address of the journal holds a secret, which Spark would show: leave it out, and "
            "give the executors their rights by a role or by variables of their environment."
        )
    if not parts.scheme and not journal.startswith("/"):
        raise InvalidConnection(
            f'The journal "{journal}" is neither an absolute path nor a URI: name a folder that '
            "all executors share, such as /mnt/shared/journal or s3://bucket/journal."
        )


def check_columns(
    schema: StructType, image_column: str, from_columns: Mapping[str, str], keep: Sequence[str]
) -> None:
    for name in (image_column, *from_columns.values(), *keep):
        if name not in schema.names:
            raise InvalidRequest(
                f'The table has no column "{name}"; it has {", ".join(schema.names)}.'
            )
    for field in from_columns:
        if field not in _FIELDS:
            raise InvalidRequest(f'"{field}" is no field of a row; they are {", ".join(_FIELDS)}.')
    kind = schema[image_column].dataType.typeName()
    if kind not in ("binary", "string"):
        raise InvalidRequest(
            f'The column "{image_column}" is of type {kind}: pictures are files (binary), or '
            "paths or web addresses (string)."
        )


def warn_of_large_batches(schema: StructType, image_column: str, conf: Conf) -> None:
    """Spark before 4.1 hands over a number of rows, however large the pictures in them are."""
    if schema[image_column].dataType.typeName() != "binary":
        return
    rows = int(conf("spark.sql.execution.arrow.maxRecordsPerBatch", None) or 10_000)
    if _limits_bytes() or 0 < rows <= 100:
        return
    warnings.warn(
        f"This version of Spark hands {rows:,} pictures at once to a task: set "
        "spark.sql.execution.arrow.maxRecordsPerBatch to 100 or less to keep memory flat.",
        stacklevel=3,
    )


def _limits_bytes() -> bool:
    import pyspark

    major, minor = pyspark.__version__.split(".")[:2]
    return (int(major), int(minor)) >= (4, 1)


def with_share(connection: Connection, conf: Conf, tasks: int | None) -> Connection:
    """The connection as a task uses it, with its share of the rate limit."""
    limit = connection.requests_per_minute
    if not limit:
        return connection
    tasks = tasks or _tasks_at_once(conf)
    if tasks is None:
        raise InvalidConnection(
            "Spark's settings do not say how many tasks can run at once, and so not how the "
            "requests per minute are to be divided: pass tasks_at_once."
        )
    if limit < tasks:
        raise InvalidConnection(
            f"{limit} requests per minute cannot be divided among {tasks} tasks: make fewer "
            "partitions by coalesce, and pass their number as tasks_at_once."
        )
    return replace(connection, requests_per_minute=limit // tasks)


def _tasks_at_once(conf: Conf) -> int | None:
    """How many tasks the settings let run at once; None where they do not say."""
    master = conf("spark.master", None) or ""
    per_task = int(conf("spark.task.cpus", None) or 1)
    local = re.fullmatch(r"local(?:\[(\*|\d+)(?:,\s*\d+)?\])?", master)
    processes = re.fullmatch(r"local-cluster\[(\d+),\s*(\d+),\s*\d+\]", master)
    if local:
        cores = (os.cpu_count() or 1) if local[1] == "*" else int(local[1] or 1)
    elif processes:
        cores = int(processes[1]) * int(processes[2])
    elif most := conf("spark.cores.max", None):
        cores = int(most)
    else:
        is_dynamic = (conf("spark.dynamicAllocation.enabled", None) or "").lower() == "true"
        name = "spark.dynamicAllocation.maxExecutors" if is_dynamic else "spark.executor.instances"
        executors, each = conf(name, None), conf("spark.executor.cores", None)
        if not executors or not each:
            return None
        cores = int(executors) * int(each)
    return max(1, cores // per_task)
