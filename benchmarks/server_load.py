"""200 calls, 16 at a time, against a running `openai-images serve`: what comes of each, how long it
takes, and the server's memory on the way.

    python benchmarks/server_load.py [--calls 200] [--at-once 16] [--workers 2] [--queue 128]

With a queue smaller than the number of callers some are answered 429 and come again when
`retry-after` says. Exit status 1 if a call was lost. Needs the extras `server` and `cli`; memory is
read from /proc.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import requests
from PIL import Image


@dataclass(frozen=True)
class Outcome:
    """One call: its last status, seconds from the first try, and the statuses before it."""

    status: int
    seconds: float
    before: tuple[int, ...]


@contextmanager
def serving(workers: int, queue: int) -> Iterator[tuple[int, str]]:
    """A server on a free loopback port: its process id and address."""
    command = [sys.executable, "-m", "openai_images.cli", "serve", "--port", "0"]
    command += ["--workers", str(workers), "--queue", str(queue)]
    with TemporaryFile("w+") as log, subprocess.Popen(command, stdout=log) as process:
        try:
            yield process.pid, f"http://127.0.0.1:{_port(log)}"
        finally:
            process.terminate()
            process.wait(60)


def _port(log: io.TextIOBase) -> int:
    for _ in range(600):
        log.seek(0)
        first = log.readline()
        if first.endswith("\n"):
            return int(json.loads(first)["port"])
        time.sleep(0.1)  # nothing tells when another process has written to its log
    raise SystemExit("The server did not start.")


def call(url: str, png: bytes) -> Outcome:
    """One variation of 256 pixels, asked for until it is not refused for a while."""
    began = time.monotonic()
    before: list[int] = []
    while True:
        answer = requests.post(
            f"{url}/v1/images/variations",
            data={"size": "256x256", "response_format": "b64_json"},
            files={"image": ("picture.png", png, "image/png")},
            timeout=120,
        )
        if answer.status_code != 429:
            break
        before.append(429)
        time.sleep(float(answer.headers["retry-after"]))  # as any client of the server does
    return Outcome(answer.status_code, time.monotonic() - began, tuple(before))


def picture() -> bytes:
    """A square PNG of 512 pixels with soft structure."""
    coarse = np.random.default_rng(7).integers(0, 256, (32, 32, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(coarse).resize((512, 512), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def memory(pid: int) -> list[float]:
    """Resident MiB of the server and of each of its processes."""
    listed = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = " ".join(listed).split()
    page = os.sysconf("SC_PAGE_SIZE") / 2**20
    statm = [Path(f"/proc/{one}/statm").read_text().split() for one in [str(pid), *children]]
    return [round(int(fields[1]) * page) for fields in statm]


def main() -> int:
    """Run the load and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    for name, default in (("calls", 200), ("at-once", 16), ("workers", 2), ("queue", 128)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    png = picture()
    outcomes: list[Outcome] = []
    with (
        serving(options.workers, options.queue) as (pid, url),
        ThreadPoolExecutor(options.at_once) as callers,
    ):
        began = time.monotonic()
        quarter = max(1, options.calls // 4)
        calls = [callers.submit(call, url, png) for _ in range(options.calls)]
        for done, finished in enumerate(as_completed(calls), start=1):
            outcomes.append(finished.result())
            if done % quarter == 0:
                print(f"{done:4} calls  {time.monotonic() - began:6.1f} s  MiB {memory(pid)}")
    seconds = sorted(outcome.seconds for outcome in outcomes)
    print("last statuses   ", dict(Counter(outcome.status for outcome in outcomes)))
    print("refused meanwhile", sum(len(outcome.before) for outcome in outcomes), "times with 429")
    print(f"seconds a call   median {seconds[len(seconds) // 2]:.1f}, longest {seconds[-1]:.1f}")
    lost = options.calls - sum(outcome.status == 200 for outcome in outcomes)
    print("lost             ", lost)
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
