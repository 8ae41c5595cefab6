"""(f) What importing and running a node costs beside the core; (h) image cells of KNIME's."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from measuring import ROOT, Effort, Section, run_part, sample, samples_of, spent


def measure_node(effort: Effort, figures: dict[str, float]) -> list[Section]:
    from calls import service

    bare, knime, ours = sample(
        effort.of(7, 1),
        partial(_import_ms, "pass"),
        partial(_import_ms, "import knime.extension"),
        partial(_import_ms, "import knime.extension, extension"),
    )
    count = effort.of(40, 2)
    with service(256, 0) as port:
        core, node = samples_of(
            effort.rounds,
            partial(run_part, "overheads:core_calls", port=port, count=count),
            partial(run_part, "overheads:node_calls", port=port, count=count),
        )
    core_ms = 1000 * core["seconds"].median / count
    node_ms = 1000 * node["seconds"].median / count
    figures["node_overhead_ms"] = node_ms - core_ms
    figures["import_ms"] = ours.median - knime.median
    rows = [
        ["the interpreter alone", bare.shown(0)],
        ["with `knime.extension` (knime-headless)", knime.shown(0)],
        ["with our extension too", ours.shown(0)],
        ["one call by the core: session, job, result", f"{core_ms:.1f}"],
        ["the same by the node: table, gallery and ports too", f"{node_ms:.1f}"],
    ]
    text = (
        "Milliseconds to start Python and import, and for a call with a picture of 256 pixels to "
        "a loopback service that does not wait. KNIME's own bridge to Java was not measured."
    )
    return [Section("(f) Import and node", text, ["", "ms"], rows)]


def measure_cells(effort: Effort, figures: dict[str, float]) -> list[Section]:
    rows = []
    for size in (512, 1024):
        ours, encoding = samples_of(
            effort.rounds,
            partial(run_part, "overheads:cells", size=size, count=effort.of(50, 2), encode=False),
            partial(run_part, "overheads:cells", size=size, count=effort.of(10, 1), encode=True),
        )
        ratio = encoding["cpu"].median / ours["cpu"].median
        rows.append([f"{size}", f"{ratio:,.0f}", ours["cpu"].shown(2), encoding["cpu"].shown(1)])
        figures[f"cell_ms_{size}"] = ours["cpu"].median
    text = (
        "A PNG file into a cell of KNIME's image type: ours hands the file on; KNIME's Python "
        "encodes the pixels of a PIL image again (here by knime-headless, which does as KNIME)."
    )
    columns = ["pixels", "times cheaper", "CPU ms a cell, ours", "CPU ms a cell, encoding"]
    return [Section("(h) Image cells", text, columns, rows)]


def core_calls(port: int, count: int) -> dict[str, float]:
    """Calls as a node makes them, each with a session of its own, by the core alone."""
    import loopback

    from openai_images.connection import Connection, ServiceKind
    from openai_images.job import ResultFormat, VariationJob
    from openai_images.request import VariationRequest
    from openai_images.session import open_session
    from openai_images.tables import result_table
    from openai_images.watch import UNWATCHED

    connection = Connection(ServiceKind.COMPATIBLE, base_url=f"http://127.0.0.1:{port}/v1")

    def run(path: Path) -> None:
        job = VariationJob(str(path), VariationRequest(b"", size="256x256"))
        with open_session(connection) as session:
            job.check(session)
            result_table(job.run(session, UNWATCHED), ResultFormat.IMAGES)

    return _repeated(run, count, loopback.photograph(256))


def node_calls(port: int, count: int) -> dict[str, float]:
    """The same calls by *Create Image Variation*."""
    import loopback

    from knime_headless import load_extension

    nodes = load_extension(ROOT).nodes
    connection = {
        "service": "COMPATIBLE",
        "base_url": f"http://127.0.0.1:{port}/v1",
        "check_connection": False,
    }
    configuration = nodes["openai_image_connector"].execute(connection, []).outputs

    def run(path: Path) -> None:
        settings = {
            "image": str(path),
            "set_size": True,
            "size": "256x256",
            "result_format": "IMAGES",
        }
        nodes["create_image_variation"].execute(settings, configuration)

    return _repeated(run, count, loopback.photograph(256))


def _repeated(run: Callable[[Path], object], count: int, png: bytes) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        path.write_bytes(png)
        run(path)
        return spent(lambda: [run(path) for _ in range(count)], count)


def cells(size: int, count: int, encode: bool) -> dict[str, float]:
    """PNG files as image cells, handed on or opened and encoded again."""
    import loopback
    from PIL import Image

    import knime.extension  # noqa: F401 (before our nodes, as KNIME does)
    from openai_images.nodes.columns import filled_array, image_type

    png = loopback.photograph(size)
    kind: Any = image_type().to_pyarrow()

    def encoded() -> None:
        with Image.open(io.BytesIO(png)) as image:
            kind.encode(image)

    work = encoded if encode else lambda: filled_array([png], kind)
    work()
    return spent(lambda: [work() for _ in range(count)], count)


def _import_ms(code: str) -> float:
    paths = [str(ROOT / "src"), str(ROOT / "headless" / "src")]
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"]
    began = time.perf_counter()
    subprocess.run(command, check=True)
    return 1000 * (time.perf_counter() - began)
