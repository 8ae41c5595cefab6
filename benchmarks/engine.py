"""Times the engine, and optionally a reference beside it, on one core and on all.

    python benchmarks/engine.py
    python benchmarks/engine.py --reference path/to/variate.py

The reference is a module with `Source(image)` and `variation(source, size, seed, index, strength)`;
both are run in turn, so that a machine that slows down slows both. Times are of the processor, not
of the clock, and so hold on a busy machine. Run it with one thread for linear algebra:
OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from pictures import PICTURES
from PIL import Image

from openai_images.engine import SIZES, Source, variation, variations

NAMES = ("astronaut", "chelsea", "coffee", "gravel", "rocket", "hubble")


def processor_seconds(call: Callable[..., object], *values: object, **options: object) -> float:
    start = time.process_time()
    call(*values, **options)
    return time.process_time() - start


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is no Python module.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def one_core(images: list[Image.Image], count: int, reference: ModuleType | None) -> None:
    print("seconds of one core a variation, median (slowest)")
    sources = [Source(image) for image in images]
    others = [reference.Source(image) for image in images] if reference else []
    cases = [(number, index) for number in range(len(images)) for index in range(count)]
    for size in SIZES:
        ours, theirs = [], []
        for number, index in cases:
            ours.append(processor_seconds(variation, sources[number], size, seed=1, index=index))
            if reference:
                make = reference.variation
                theirs.append(processor_seconds(make, others[number], size, 1, index, 0.5))
        line = f"{size:5}  {statistics.median(ours):.2f} ({max(ours):.2f})"
        if theirs:
            line += f"   reference {statistics.median(theirs):.2f} ({max(theirs):.2f})"
        print(line, flush=True)
    print(f"analysis of a picture: {processor_seconds(Source, images[0]):.2f}")


def all_cores(image: Image.Image, count: int) -> None:
    print(f"wall seconds for {count} variations, in this process and in one worker per core")
    for size in SIZES:
        seconds = []
        for workers in (1, None):
            start = time.monotonic()
            for _ in variations(image, n=count, size=size, seed=1, workers=workers):
                pass
            seconds.append(time.monotonic() - start)
        print(f"{size:5}  {seconds[0]:.2f}   {seconds[1]:.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path, help="a module to time beside the engine")
    parser.add_argument("--count", type=int, default=4, help="variations of each picture")
    options = parser.parse_args()
    images = [picture.square() for picture in PICTURES if picture.name in NAMES]
    print(f"{os.cpu_count()} cores, {len(images)} pictures, {options.count} variations of each")
    one_core(images, options.count, load(options.reference) if options.reference else None)
    all_cores(images[0], 2 * options.count)


if __name__ == "__main__":
    main()
