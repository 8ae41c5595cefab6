"""Whole jobs on Spark, judged by what the service counts."""

import os
import signal
import threading
from pathlib import Path

from pyarrow import parquet

from openai_images import batch
from openai_images.connection import Connection, ServiceKind
from openai_images.job import VariationJob
from openai_images.options import EngineOptions
from openai_images.request import VariationRequest
from openai_images.rows import Row, RowJobs
from openai_images.session import open_session

from .conftest import DEADLINE_SECONDS, DEMO, KEY, VARIABLE
from .service import RowService, digest, read_result, write_table

ROWS = 500
# What one task has under way where nothing else is said.
CONCURRENCY = 4


def by_the_plain_batch(table, connection, from_columns=None, size=None):
    """What `read_result` reads, made by the batch in this process."""
    made, failed = {}, {}
    rows = [
        Row(str(index), part, index)
        for part in parquet.read_table(table).to_batches()
        for index in range(part.num_rows)
    ]
    jobs = RowJobs(
        "picture", VariationJob("", VariationRequest(b"", size=size)), from_columns or {}
    )
    with open_session(connection) as session:
        for result in batch.run(jobs.items(rows), session, concurrency=4):
            number = result.item.tag.cell("number")
            if result.error is None:
                made[number] = digest(result.outcome.images[0].png)
            else:
                failed[number] = (result.error.status, str(result.error))
    return made, failed


def test_500_pictures_come_out_as_from_the_plain_batch(spark, tmp_path):
    table = write_table(tmp_path / "table", ROWS)
    with RowService() as service:
        plain = by_the_plain_batch(
            table,
            Connection(ServiceKind.COMPATIBLE, base_url=service.base_url),
            {"user": "number"},
        )
    with RowService() as service:
        spark.submit(
            DEMO,
            *("--table", table, "--image-column", "picture", "--user-column", "number"),
            *("--partitions", 4, "--base-url", service.base_url, "--out", tmp_path / "out"),
        )
        assert set(service.asked.values()) == {1}
    made, failed = read_result(tmp_path / "out")
    assert (len(made), len(failed)) == (490, 10)
    assert (made, failed) == plain


def test_an_executor_that_is_killed_repeats_no_answered_call_and_shows_no_key(spark, tmp_path):
    table = write_table(tmp_path / "table", ROWS, files=8)
    half_way, goes_on = threading.Event(), threading.Event()
    enough = threading.Semaphore(150)

    def wait_half_way(number):
        if not enough.acquire(blocking=False):
            half_way.set()
            goes_on.wait(60)

    arguments = [
        *("--table", table, "--image-column", "picture", "--user-column", "number"),
        *("--key-variable", VARIABLE, "--journal", tmp_path / "journal"),
    ]
    with RowService(wait_half_way) as service:
        arguments += ["--base-url", service.base_url]
        process = spark.start(
            DEMO,
            *arguments,
            *("--out", tmp_path / "out"),
            master="local-cluster[2,1,1024]",
            **{VARIABLE: KEY},
        )
        try:
            assert half_way.wait(DEADLINE_SECONDS)
            os.kill(executors_of(process.pid)[0], signal.SIGKILL)
        finally:
            goes_on.set()
        spark.wait(process)
        assert service.keys == {f"Bearer {KEY}"}
        # Of a task that is repeated, refusals are asked for again: they cost nothing.
        assert {number % 50 for number, times in service.asked.items() if times > 1} <= {49}
        made, failed = read_result(tmp_path / "out")
        lost = {number for number, (status, _) in failed.items() if status is None}
        assert len(made) + len(failed) == ROWS
        assert all("may have been billed" in failed[number][1] for number in lost)
        assert len(lost) <= CONCURRENCY + batch.BESIDES

        # Started again, divided otherwise, on one machine: nothing is asked that has an answer.
        spark.submit(
            DEMO,
            *arguments,
            *("--out", tmp_path / "again", "--partitions", 3, "--may-bill-twice"),
            **{VARIABLE: KEY},
        )
        again, refused = read_result(tmp_path / "again")
        asked_twice = {str(number) for number, times in service.asked.items() if times > 1}
        assert asked_twice <= lost | refused.keys()
    assert again.items() >= made.items()
    assert len(again) == ROWS - 10
    assert_nowhere(KEY, spark, tmp_path / "journal")


def test_the_engine_makes_the_pictures_of_the_plain_batch(spark, tmp_path):
    table = write_table(tmp_path / "table", 6)
    engine = Connection(engine=EngineOptions(seed=7))
    plain = by_the_plain_batch(table, engine, size="256x256")
    spark.submit(
        DEMO,
        *("--table", table, "--image-column", "picture", "--size", "256x256", "--seed", 7),
        *("--partitions", 2, "--out", tmp_path / "out"),
    )
    assert read_result(tmp_path / "out") == plain
    assert len(plain[0]) == 6


def executors_of(driver):
    """The process ids of the executors that a driver has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().split(b"\0")
            group = os.getpgid(int(path.parent.name))
        except OSError:
            continue
        if group == driver and any(b"CoarseGrainedExecutorBackend" in part for part in command):
            found.append(int(path.parent.name))
    return found


def assert_nowhere(key, spark, journal):
    """No file that Spark or the journal wrote holds the key."""
    files = [*spark.events.rglob("*"), *spark.logs, *journal.rglob("*")]
    files = [file for file in files if file.is_file()]
    assert any(b"MapInArrow" in file.read_bytes() for file in spark.events.rglob("*"))
    assert any("stderr" in file.name for file in files)
    assert [file for file in files if key.encode() in file.read_bytes()] == []
