"""(c) The engine by size: seconds, memory, one core and all, next to the first engine of this
repository; (d) a batch of rows with n=1 on one pool."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from measuring import ROOT, Curve, Effort, Section, peak_mib, run_part, samples_of, spent

SIZES = (256, 512, 1024)
AT_ONCE = 4
PHOTOGRAPH = ROOT / "demos" / "camera.png"


def measure_engine(effort: Effort, figures: dict[str, float]) -> list[Section]:
    cores = os.cpu_count() or 1
    count = effort.of(3, 1)
    rows, points = [], {"now": [], "first": []}
    with tempfile.TemporaryDirectory() as folder:
        first = _first_engine(Path(folder))
        for size in SIZES:
            parts = [partial(run_part, "engine_times:one_core", size=size, count=count)]
            if first is not None:
                parts.append(partial(parts[0], source=first))
            now, *before = samples_of(effort.rounds, *parts)
            shared = samples_of(
                effort.rounds,
                partial(run_part, "engine_times:on_pool", size=size, count=2 * count, workers=1),
                partial(
                    run_part, "engine_times:on_pool", size=size, count=2 * count, workers=cores
                ),
            )
            gain = shared[0]["seconds"].median / shared[1]["seconds"].median
            then = before[0]["seconds"] if before else None
            rows.append(
                [
                    f"{size}",
                    f"{now['seconds'].median / then.median:.2f}" if then else "not measured",
                    f"{gain:.2f}",
                    now["seconds"].shown(2),
                    then.shown(2) if then else "not measured",
                    now["analysis"].shown(2),
                    now["peak"].shown(0),
                ]
            )
            figures[f"engine_seconds_{size}"] = now["seconds"].median
            figures[f"engine_gain_{size}"] = gain
            figures[f"engine_first_{size}"] = now["analysis"].median
            points["now"].append((size, now["seconds"].median))
            if then:
                points["first"].append((size, then.median))
    text = (
        "Seconds of one core for a variation of one photograph of 512 pixels, apart from its "
        "analysis, and its enlargement if need be, which are made once, and what "
        f"{cores} worker processes gain on {2 * count} variations of one picture, their start "
        "counted. Memory is the peak of one process that makes them. There is no release yet to "
        "compare with: the first engine is that of the first commit that has one."
    )
    columns = ["pixels", "time, of the first engine's", f"gain of {cores} cores", "seconds"]
    columns += ["seconds, first engine", "analysis, seconds", "peak MiB"]
    lines = {"now": points["now"]}
    if points["first"]:
        lines["first engine"] = points["first"]
    curve = Curve("engine", "pixels a side", "seconds a variation", lines)
    return [Section("(c) The engine", text, columns, rows, [curve])]


def measure_pool(effort: Effort, figures: dict[str, float]) -> list[Section]:
    cores = os.cpu_count() or 1
    rows, counts = [], {512: effort.of(16, 3), 1024: effort.of(8, 3)}
    for size, count in counts.items():
        part = partial(run_part, "engine_times:rows_on_pool", rows=count, size=size)
        alone, shared = samples_of(
            effort.rounds, partial(part, workers=1), partial(part, workers=cores)
        )
        gain = alone["seconds"].median / shared["seconds"].median
        figures[f"row_seconds_{size}"] = alone["seconds"].median / count
        figures[f"rows_gain_{size}"] = gain
        for workers, faster, found in (("1", 1, alone), (f"{cores}", gain, shared)):
            rate, seconds = found["rate"].shown(2), found["seconds"].shown(1)
            rows.append([f"{size}", workers, f"{faster:.2f}", rate, seconds])
    text = (
        f"{' and '.join(map(str, counts.values()))} different pictures of 512 pixels, each with "
        f"n=1, {AT_ONCE} at once (the table node's default), through the batch and one pool of "
        "engine processes, from picture file to PNG; the start of the workers counts."
    )
    columns = ["pixels", "workers", "speed, of one", "pictures a second", "seconds"]
    return [Section("(d) Rows with n=1 on one pool", text, columns, rows)]


def one_core(size: int, count: int) -> dict[str, float]:
    """Processor seconds for a variation and for the analysis before it; any engine's."""
    from PIL import Image

    from openai_images.engine import Source, variation

    with Image.open(PHOTOGRAPH) as photograph:
        image = photograph.convert("RGB").resize((512, 512))
    variation(Source(image.rotate(90)), size, seed=1)  # what is slow but once in a process
    began = time.process_time()
    source = Source(image)
    if source.side < size:
        source.at(size, 1.0)
    analysed = time.process_time()
    for index in range(count):
        variation(source, size, seed=1, index=index)
    made = time.process_time() - analysed
    return {"analysis": analysed - began, "seconds": made / count, "peak": peak_mib()}


def on_pool(size: int, count: int, workers: int) -> dict[str, float]:
    """Wall seconds for variations of one picture, by a pool that starts cold."""
    from PIL import Image

    from openai_images.engine import Pool, Square, Task

    with Image.open(PHOTOGRAPH) as photograph:
        picture = Square.of(photograph.convert("RGB").resize((512, 512)))
    tasks = [Task(picture, size, 1, index) for index in range(count)]
    with Pool(workers) as pool:
        return spent(lambda: list(pool.make(tasks)), count)


def rows_on_pool(rows: int, workers: int, n: int = 1, size: int = 512) -> dict[str, float]:
    """Wall seconds for a batch of different pictures, by an engine that starts cold."""
    pictures = different_pictures(rows)
    return spent(lambda: make_rows(pictures, workers, n, size), rows * n)


def different_pictures(count: int) -> list[bytes]:
    """As many square PNG files, each another part of one photograph."""
    from PIL import Image

    pictures = []
    with Image.open(PHOTOGRAPH) as photograph:
        image = photograph.convert("RGB").resize((600, 600))
    for step in range(count):
        file = io.BytesIO()
        left, top = step % 8 * 8, step // 8 * 8
        image.crop((left, top, left + 512, top + 512)).save(file, "PNG", compress_level=1)
        pictures.append(file.getvalue())
    return pictures


def make_rows(pictures: list[bytes], workers: int, n: int, size: int) -> None:
    """Variations of all pictures, through one batch and one session."""
    from openai_images import batch
    from openai_images.connection import Connection
    from openai_images.job import VariationJob
    from openai_images.options import EngineOptions
    from openai_images.request import VariationRequest
    from openai_images.session import open_session
    from openai_images.source import Picture

    request = VariationRequest(b"", n=n, size=f"{size}x{size}")
    items = [
        batch.Item(number, VariationJob(Picture(f"{number}.png", picture), request))
        for number, picture in enumerate(pictures)
    ]
    with open_session(Connection(engine=EngineOptions(seed=1)), engine_workers=workers) as session:
        for result in batch.run(items, session, concurrency=AT_ONCE):
            if result.error is not None:
                raise result.error


def _first_engine(folder: Path) -> Path | None:
    """The source folder of the first commit that has an engine; None where there is no history."""

    def git(*arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout

    try:
        commits = git("log", "--reverse", "--format=%H", "--", "src/openai_images/engine").split()
        archive: Any = io.BytesIO(git("archive", commits[0].decode(), "src/openai_images"))
    except (OSError, subprocess.CalledProcessError, IndexError):
        return None
    with tarfile.open(fileobj=archive) as files:
        files.extractall(folder, filter="data")
    return folder / "src"
