"""The model of docs/scaling.md: its numbers from the other benchmarks, and runs to check it by."""

from __future__ import annotations

import os
from functools import partial

from calls import node_run, service
from measuring import Effort, Section, run_part, samples_of

MEGAPIXELS = {512: 0.262, 1024: 1.049}


def seconds_of_calls(
    figures: dict[str, float], rows: int, size: int, at_once: int, latency: float
) -> float:
    """Of the table node, whose calls wait for the service and then for the processor.

    Such a closed queue by mean value analysis (Reiser, Lavenberg, JACM 1980): near the point where
    both are busy, calls wait for each other, which the greater of two bounds does not know.

    Args:
        latency: seconds that the service takes for a call.
    """
    each = cpu_ms(figures, size) / 1000
    queue = rate = 0.0
    for calls in range(1, at_once + 1):
        here = each * (1 + queue)
        rate = calls / (latency + here)
        queue = rate * here
    return rows / rate


def cpu_ms(figures: dict[str, float], size: int) -> float:
    """Of the node for a picture: a part for each call, and one for each pixel."""
    slope = (figures["node_cpu_1024"] - figures["node_cpu_512"]) / (
        MEGAPIXELS[1024] - MEGAPIXELS[512]
    )
    return figures["node_cpu_512"] + slope * (MEGAPIXELS[size] - MEGAPIXELS[512])


def peak_mib(figures: dict[str, float], size: int, at_once: int) -> float:
    """Of the node: a part that is always there, one for each call under way, and one for the
    pictures that are unpacked and written at a time, whose number does not depend on the calls."""
    each = (figures["node_peak_512_16"] - figures["node_peak_512_4"]) / 12
    slope = (figures["node_peak_1024_16"] - figures["node_peak_512_16"]) / (
        MEGAPIXELS[1024] - MEGAPIXELS[512]
    )
    at_16 = figures["node_peak_512_16"] + slope * (MEGAPIXELS[size] - MEGAPIXELS[512])
    return at_16 + each * (at_once - 16)


def seconds_of_engine(
    figures: dict[str, float], rows: int, n: int, size: int, workers: int
) -> float:
    """Of a batch by the engine, of pictures of 512 pixels; workers up to the number of cores."""
    row, first = figures[f"row_seconds_{size}"], figures[f"engine_first_{size}"]
    alone = rows * (first + n * (row - first))
    gain = figures[f"rows_gain_{size}"]
    return alone / (1 + (gain - 1) * (workers - 1) / max(1, (os.cpu_count() or 1) - 1))


def check_model(effort: Effort, figures: dict[str, float]) -> list[Section]:
    count, at_once, latency = effort.of(480, 24), 24, 400
    pictures = effort.of(10, 2)
    workers = os.cpu_count() or 1
    with service(1024, latency) as port:
        (node,) = samples_of(effort.rounds, partial(node_run, port, count, at_once, 1024))
    (engine,) = samples_of(
        effort.rounds,
        partial(
            run_part, "engine_times:rows_on_pool", rows=pictures, workers=workers, n=2, size=1024
        ),
    )
    checked = [
        (
            f"table node: {count} rows of 1024, {at_once} at once, {latency} ms a call; seconds",
            seconds_of_calls(figures, count, 1024, at_once, latency / 1000),
            node["seconds"],
        ),
        ("the same; peak MiB", peak_mib(figures, 1024, at_once), node["peak"]),
        ("the same; CPU ms a picture", cpu_ms(figures, 1024), node["cpu"]),
        (
            f"engine: {pictures} pictures, n=2, 1024 pixels, {workers} workers; seconds",
            seconds_of_engine(figures, pictures, 2, 1024, workers),
            engine["seconds"],
        ),
    ]
    rows = [
        [what, f"{said / found.median:.2f}", f"{said:,.1f}", found.shown()]
        for what, said, found in checked
    ]
    text = (
        "Runs of another size, concurrency and latency than those that the numbers of the model "
        "in [docs/scaling.md](../docs/scaling.md) come from."
    )
    columns = ["run", "predicted, of measured", "predicted", "measured"]
    return [Section("The model, checked", text, columns, rows)]
