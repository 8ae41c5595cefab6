"""(e) Spark in local mode: one core to two, next to the plain batch, and memory over rows."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from typing import Any

from measuring import ROOT, Curve, Effort, Sample, Section, peak_mib, run_part

PYTHON = ROOT / ".venv-spark-4" / "bin" / "python"
PARTITIONS = 12
"""More than cores, as Spark advises: a core that is through with its part takes another."""


def measure_spark(effort: Effort, figures: dict[str, float]) -> list[Section]:
    title = "(e) Spark in local mode"
    if not PYTHON.exists():
        text = "Not measured: PySpark is not installed (`make .venv-spark-4/ready`)."
        return [Section(title, text, [])]
    os.environ |= {
        "SPARK_HOME": str(next(PYTHON.parents[1].glob("lib/*/site-packages/pyspark"))),
        "PYSPARK_PYTHON": str(PYTHON),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    count = effort.of(36, 2)
    part = partial(run_part, "on_spark:engine_on_spark", PYTHON, rows=count, rounds=effort.rounds)
    found = {cores: part(cores=cores) for cores in (1, 2)}
    spark = {cores: Sample(tuple(it["spark"])) for cores, it in found.items()}
    plain = {cores: Sample(tuple(it["plain"])) for cores, it in found.items()}
    rows = [
        [
            f"{cores}",
            f"{spark[1].median / spark[cores].median:.2f}",
            f"{plain[1].median / plain[cores].median:.2f}",
            f"{100 * (spark[cores].median / plain[cores].median - 1):+.0f} %",
            spark[cores].shown(),
            plain[cores].shown(),
        ]
        for cores in (1, 2)
    ]
    figures["spark_gain"] = spark[1].median / spark[2].median
    figures["spark_overhead_1"] = spark[1].median / plain[1].median - 1
    figures["spark_overhead_2"] = spark[2].median / plain[2].median - 1
    text = (
        f"{count} different pictures of 512 pixels by the embedded engine, in {PARTITIONS} "
        "partitions; the plain batch in the same process with as many workers as Spark has cores, "
        "in turns. Spark's own start and that of the workers of both came before."
    )
    columns = ["cores", "Spark, of one core", "plain batch, of one core", "Spark's overhead"]
    columns += ["Spark, seconds", "plain batch, seconds"]
    return [Section(title, text, columns, rows), _memory(effort, figures)]


def _memory(effort: Effort, figures: dict[str, float]) -> Section:
    from calls import service

    numbers = [effort.of(number, few) for number, few in ((100, 4), (500, 8), (1500, 16))]
    with service(512, 0) as port:
        found = run_part("on_spark:memory_on_spark", PYTHON, port=port, numbers=numbers)
    points = list(zip(numbers, found["peaks"], strict=True))
    figures["spark_peak"] = points[-1][1]
    rows = [[f"{count:,}", f"{peak:,.0f}"] for count, peak in points]
    text = (
        "One task on one partition, whose pictures stream through it: the peak of the Python "
        "worker, which stays the same process from row to row of this table."
    )
    curve = Curve("spark_memory", "rows in the partition", "peak MiB", {"Python worker": points})
    return Section("(e) Memory of a Spark task", text, ["rows", "peak MiB"], rows, [curve])


def engine_on_spark(rows: int, cores: int, rounds: int) -> dict[str, list[float]]:
    """Seconds of each round, on Spark and by the plain batch."""
    from engine_times import different_pictures

    from openai_images.connection import Connection
    from openai_images.options import EngineOptions
    from openai_images.request import VariationRequest
    from openai_images.session import open_session
    from openai_images.spark import create_image_variations

    spark = _session(cores)
    pictures = different_pictures(rows)
    connection = Connection(engine=EngineOptions(seed=1))
    request = VariationRequest(b"", size="512x512")

    def on_spark(some: list[bytes]) -> float:
        table = spark.createDataFrame([(one,) for one in some], "picture binary")
        table = table.repartition(PARTITIONS).persist()
        table.count()
        made = create_image_variations(table, connection, request, image_column="picture")
        return _seconds(lambda: _write_nowhere(made))

    with open_session(connection, engine_workers=cores) as session:

        def plainly(some: list[bytes]) -> float:
            return _seconds(lambda: _batch(session, some, request, cores))

        # Both start their workers.
        on_spark(pictures[:PARTITIONS])
        plainly(pictures[: 2 * cores])
        taken = [(on_spark(pictures), plainly(pictures)) for _ in range(rounds)]
    spark.stop()
    return {"spark": [one for one, _ in taken], "plain": [other for _, other in taken]}


def memory_on_spark(port: int, numbers: list[int]) -> dict[str, list[float]]:
    """The peak of the Python workers after a partition of so many rows each."""
    from engine_times import different_pictures

    from openai_images.connection import Connection, ServiceKind
    from openai_images.request import VariationRequest
    from openai_images.spark import create_image_variations

    spark = _session(1)
    picture = different_pictures(1)[0]
    connection = Connection(ServiceKind.COMPATIBLE, base_url=f"http://127.0.0.1:{port}/v1")
    request = VariationRequest(b"", size="512x512", response_format="b64_json")
    peaks = []
    for number in numbers:
        table = spark.range(0, number, 1, 1)
        one = spark.createDataFrame([(picture,)], "picture binary")
        table = table.crossJoin(one).coalesce(1)
        made = create_image_variations(table, connection, request, image_column="picture")
        _write_nowhere(made)
        peaks.append(max(map(peak_mib, _python_workers())))
    spark.stop()
    return {"peaks": peaks}


def _session(cores: int) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(f"local[{cores}]")
    for name, value in (
        ("spark.ui.enabled", "false"),
        ("spark.ui.showConsoleProgress", "false"),
        ("spark.driver.bindAddress", "127.0.0.1"),
        ("spark.driver.host", "127.0.0.1"),
        ("spark.log.level", "ERROR"),
    ):
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _batch(session: Any, pictures: list[bytes], request: Any, cores: int) -> None:
    from openai_images import batch
    from openai_images.job import VariationJob
    from openai_images.source import Picture

    items = [batch.Item(0, VariationJob(Picture("picture.png", it), request)) for it in pictures]
    # Of two at once, the pool would see none wait, and start no process for it.
    for result in batch.run(items, session, concurrency=2 * cores if cores > 1 else 1):
        if result.error is not None:
            raise result.error


def _write_nowhere(table: Any) -> None:
    """Make all rows; nobody keeps them."""
    table.write.format("noop").mode("overwrite").save()


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _python_workers() -> list[int]:
    """The processes in which Spark runs Python, found by their parents."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(fields[1])
        except OSError:
            continue

    def is_ours(process: int) -> bool:
        while process in parents and process != os.getpid():
            process = parents[process]
        return process == os.getpid()

    python = Path(os.environ["PYSPARK_PYTHON"]).resolve()
    found = []
    for process in parents:
        try:
            runs = Path(f"/proc/{process}/exe").resolve() == python
        except OSError:
            continue
        if runs and process != os.getpid() and is_ours(process):
            found.append(process)
    return found
