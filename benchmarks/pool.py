"""What a pool of workers gains: the wall time of one worker over that of all, in the same run.

    python benchmarks/pool.py [--workers 2] [--pictures 100] [--rounds 3]

Pools start cold each time, so that their start counts, and take turns. Run it on a machine that
does nothing else: a pool of one uses a core that is free anyway. Memory and processes are read from
/proc.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pictures import PICTURES
from PIL import Image, ImageOps

from openai_images.engine import MOST_USED, Pool, Square, Task


def cropped(image: Image.Image, side: int, count: int) -> Iterator[Square]:
    """As many different squares of an image."""
    for step in range(count):
        shifted = image.crop((step % 20, step // 20, image.width, image.height))
        yield Square.of(ImageOps.fit(shifted, (side, side)))


def children() -> set[int]:
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found |= set(map(int, path.read_text(encoding="ascii").split()))
    return found


def peak_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def run(tasks: list[Task], workers: int) -> tuple[float, int, list[int]]:
    """Wall seconds, processes started, and the workers' peak memory in MiB."""
    began, seen = time.monotonic(), set[int]()
    with Pool(workers) as pool:
        for _ in pool.make(tasks):
            seen |= children()
        seconds = time.monotonic() - began
        return seconds, len(seen), [peak_mib(pid) for pid in children()]


def compare(name: str, tasks: list[Task], workers: int, rounds: int) -> None:
    ratios = []
    for _ in range(rounds):
        alone, _, _ = run(tasks, 1)
        shared, started, peaks = run(tasks, workers)
        ratios.append(alone / shared)
        print(
            f"{name}: {alone:.2f} s by one, {shared:.2f} s by {workers}: {ratios[-1]:.2f} times; "
            f"{started} processes, at most {max(peaks, default=0)} MiB",
            flush=True,
        )
    print(f"{name}: median {statistics.median(ratios):.2f} times", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--pictures", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    image = next(picture for picture in PICTURES if picture.name == "astronaut").square()
    eight = [Task(Square.of(image), 1024, 1, index) for index in range(8)]
    compare("8 variations of one picture at 1024", eight, options.workers, options.rounds)
    many = [Task(picture, 512, 1) for picture in cropped(image, 512, options.pictures)]
    compare(f"{len(many)} pictures at 512", many, options.workers, options.rounds)
    noise = Image.effect_noise((MOST_USED, MOST_USED), 90).convert("RGBA")
    noise.putalpha(Image.effect_noise(noise.size, 90))
    large = [Task(Square.of(noise), 1024, 1, index) for index in range(4)]
    compare("4 variations of the largest picture", large, options.workers, 1)


if __name__ == "__main__":
    main()
