"""(g) Our server under load: latency and throughput over callers; see `server_load.py`."""

from __future__ import annotations

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from measuring import Effort, Section
from server_load import call, picture, serving


def measure_server(effort: Effort, figures: dict[str, float]) -> list[Section]:
    cores = os.cpu_count() or 1
    png = picture()
    rows = []
    alone = 0.0
    with serving(cores, 128) as (_, url):
        call(url, png)
        for callers in (1, 2) if effort.quick else (1, 2, 4, 16):
            count = max(callers, effort.of(32, 2))
            began = time.monotonic()
            with ThreadPoolExecutor(callers) as threads:
                outcomes = list(threads.map(lambda _: call(url, png), range(count)))
            rate = count / (time.monotonic() - began)
            lost = sum(outcome.status != 200 for outcome in outcomes)
            seconds = sorted(outcome.seconds for outcome in outcomes)
            alone = alone or rate
            rows.append(
                [
                    f"{callers}",
                    f"{rate / alone:.2f}",
                    f"{rate:.2f}",
                    f"{statistics.median(seconds):.2f}",
                    f"{seconds[int(0.95 * (len(seconds) - 1))]:.2f}",
                    f"{lost}",
                ]
            )
            figures[f"server_rate_{callers}"] = rate
    text = (
        f"`openai-images serve` with {cores} workers, asked for variations of 256 pixels over "
        "loopback by so many callers; the callers take a part of the same cores. Once."
    )
    columns = ["callers", "throughput, of one caller", "a second", "seconds, median"]
    columns += ["seconds, 95 % below", "lost"]
    return [Section("(g) The server under load", text, columns, rows)]
