"""Draws pictures of Places50 beside one variation of ours and one of GPNN's, in blind order.

    python benchmarks/blind_pairs.py DATA --output FOLDER

DATA is laid out as for `engine_quality.py`. FOLDER gets sheets of a few rows, the source first, and
key.txt, which says for each row on which side ours stands: to be read after judging. Ours are the
first variations of seed 1.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from engine_quality import PUBLISHED, SIZE, ours, pictures, square
from PIL import Image, ImageDraw

ROWS = 4
GAP = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--count", type=int, default=20, help="pictures, drawn at random")
    parser.add_argument("--strength", type=float, default=0.5)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    published = options.data / "downloaded_results" / PUBLISHED["Places50"]["GPNN"]
    chosen = random.sample(pictures(options.data / "images" / "Places50", 1), options.count)
    key = []
    for first in range(0, len(chosen), ROWS):
        rows = chosen[first : first + ROWS]
        paper = Image.new("RGB", (3 * (SIZE + GAP), len(rows) * (SIZE + GAP)), "white")
        for row, path in enumerate(rows):
            source = square(path)
            pair = [next(ours(source, options.strength, 1)), square(published / f"{path.stem}.png")]
            swapped = random.random() < 0.5
            shown = [source, *(reversed(pair) if swapped else pair)]
            for column, image in enumerate(shown):
                paper.paste(image, (column * (SIZE + GAP), row * (SIZE + GAP)))
            number = first + row + 1
            ImageDraw.Draw(paper).text((4, 4 + row * (SIZE + GAP)), str(number), fill="white")
            key.append(f"{number}: ours {'right' if swapped else 'left'} (picture {path.stem})")
        paper.save(options.output / f"pairs-{first // ROWS + 1}.png")
    (options.output / "key.txt").write_text("\n".join(key) + "\n", "utf-8")


if __name__ == "__main__":
    main()
