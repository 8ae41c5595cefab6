"""Prints the engine's measures beside those of GPNN's and SinGAN's published outputs, as Markdown.

    python benchmarks/engine_quality.py DATA

DATA is a folder laid out like `data/` of the public repository ariel415el/GPDM: `images/Places50`
and `images/SIGD16` hold the pictures, `downloaded_results` what the two methods made of them (one
output each). All are cut to their middle square. Ours are the first variations of seed 1; with
--count more than one, measures of one output are means over them. The measures are those of the
tests (tests/engine/measures.py). With --figures FILE every picture's figures are kept there, one
JSON object a line, and what stands there already is not measured again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageOps

from openai_images.engine import Source, variation

sys.path.append(str(Path(__file__).parents[1] / "tests" / "engine"))
import measures

SIZE = 256
COLUMNS = (
    "realism",
    "coverage",
    "rearranged",
    "relocated",
    "sharpness",
    "similarity",
    "diversity",
    "closest pair",
)
PUBLISHED = {
    "Places50": {"GPNN": "Places50_GPNN_high_var", "SinGAN": "Places50_SINGAN_high_var"},
    "SIGD16": {"GPNN": "SIGD16_GPNN", "SinGAN": "SIGD16_SINGAN"},
}


def measure(source: Image.Image, outputs: list[Image.Image]) -> dict[str, float]:
    """The measures of outputs of one source; those of a batch only if there are several."""
    explained = [measures.explain(source, output) for output in outputs]
    values = {
        "realism": [measures.realism(source, output) for output in outputs],
        "coverage": [measures.coverage(source, output) for output in outputs],
        "rearranged": [measures.rearranged(each) for each in explained],
        "relocated": [measures.relocated(each) for each in explained],
        "sharpness": [measures.sharpness(source, output) for output in outputs],
        "similarity": [measures.similarity(source, output) for output in outputs],
    }
    if len(outputs) > 1:
        values["diversity"] = [measures.diversity(source, outputs)]
        values["closest pair"] = [measures.closest_pair(outputs)]
    return {name: statistics.fmean(each) for name, each in values.items()}


def square(path: Path) -> Image.Image:
    with Image.open(path) as image:
        return ImageOps.fit(image.convert("RGB"), (SIZE, SIZE), Image.Resampling.LANCZOS)


def pictures(folder: Path, every: int) -> list[Path]:
    """Each ``every``-th picture of a set, in order of number."""
    return sorted(folder.iterdir(), key=lambda path: int(path.stem))[::every]


def ours(source: Image.Image, strength: float, count: int) -> Iterator[Image.Image]:
    analysed = Source(source)
    for index in range(count):
        yield variation(analysed, SIZE, seed=1, index=index, strength=strength)


def row(title: str, rows: list[dict[str, float]]) -> str:
    """Medians over pictures, as a row of the table."""
    cells = [
        f"{statistics.median(row[name] for row in rows):.2f}" if name in rows[0] else "-"
        for name in COLUMNS
    ]
    return f"| {title} | " + " | ".join(cells) + " |"


class Figures:
    """The figures of each picture, kept in a file if one is named."""

    def __init__(self, file: Path | None) -> None:
        self.file = file
        lines = file.read_text("utf-8").splitlines() if file and file.exists() else []
        self.known = {each["of"]: each["figures"] for each in map(json.loads, lines)}

    def of(self, name: str, measured: Callable[[], dict[str, float]]) -> dict[str, float]:
        if name not in self.known:
            self.known[name] = measured()
            if self.file is not None:
                with self.file.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"of": name, "figures": self.known[name]}) + "\n")
        return self.known[name]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="use every so many-th picture")
    parser.add_argument("--count", type=int, default=1, help="variations of each picture")
    parser.add_argument("--strengths", type=float, nargs="*", default=(0.5, 0.8))
    parser.add_argument("--ours-only", action="store_true", help="leave GPNN and SinGAN out")
    parser.add_argument("--figures", type=Path, help="file that keeps every picture's figures")
    options = parser.parse_args()
    figures = Figures(options.figures)
    print("| | " + " | ".join(COLUMNS) + " |")
    print("|---" * (len(COLUMNS) + 1) + "|")
    everything: dict[str, list[dict[str, float]]] = {}

    def tell(name: str, method: str, make: Callable[[Path], list[Image.Image]]) -> None:
        rows = [
            figures.of(
                f"{name}/{path.stem}, {method}, {options.count}",
                lambda path=path: measure(square(path), make(path)),
            )
            for path in pictures(options.data / "images" / name, options.every)
        ]
        everything.setdefault(method, []).extend(rows)
        print(row(f"{name}, {method}", rows), flush=True)

    for name, published in PUBLISHED.items():
        for method, folder in published.items() if not options.ours_only else ():
            outputs = options.data / "downloaded_results" / folder
            tell(name, method, lambda path, outputs=outputs: [square(outputs / f"{path.stem}.png")])
        for strength in options.strengths:
            tell(
                name,
                f"ours at {strength}",
                lambda path, strength=strength: list(ours(square(path), strength, options.count)),
            )
    for method, rows in everything.items():
        print(row(f"all {len(rows)}, {method}", rows))


if __name__ == "__main__":
    main()
