"""Prints the measures of the engine's variations, at three strengths, as a Markdown table.

    python benchmarks/quality.py

The measures are those of the tests (tests/engine/measures.py).
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

from pictures import PICTURES
from PIL import Image

from openai_images.engine import variations

sys.path.append(str(Path(__file__).parents[1] / "tests" / "engine"))
import measures

NAMES = ("astronaut", "brick", "chelsea", "coffee", "gravel", "hubble", "rocket")
STRENGTHS = (0.3, 0.5, 0.8)
COLUMNS = (
    "realism",
    "coverage",
    "rearranged",
    "relocated",
    "similarity",
    "diversity",
    "closest pair",
    "sharpness",
)


def measure(source: Image.Image, batch: list[Image.Image]) -> list[float]:
    """The measures of a batch, in order of COLUMNS; means over the batch where they are of one."""
    explained = [measures.explain(source, output) for output in batch]

    def mean(values: list[float]) -> float:
        return statistics.fmean(values)

    return [
        mean([measures.realism(source, output) for output in batch]),
        mean([measures.coverage(source, output) for output in batch]),
        mean([measures.rearranged(each) for each in explained]),
        mean([measures.relocated(each) for each in explained]),
        mean([measures.similarity(source, output) for output in batch]),
        measures.diversity(source, batch),
        measures.closest_pair(batch),
        mean([measures.sharpness(source, output) for output in batch]),
    ]


def row(title: str, values: list[float]) -> str:
    return f"| {title} | " + " | ".join(f"{value:.3f}" for value in values) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=4, help="variations of each picture")
    parser.add_argument("--strengths", type=float, nargs="*", default=STRENGTHS)
    options = parser.parse_args()
    print("| picture, strength | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    pictures = [picture for picture in PICTURES if picture.name in NAMES]
    for strength in options.strengths:
        rows = []
        for picture in pictures:
            source = picture.square()
            made = variations(source, n=options.count, size=256, seed=1, strength=strength)
            rows.append(measure(source, list(made)))
            print(row(f"{picture.name}, {strength}", rows[-1]), flush=True)
        medians = [statistics.median(values) for values in zip(*rows, strict=True)]
        print(row(f"**median, {strength}**", medians), flush=True)


if __name__ == "__main__":
    main()
