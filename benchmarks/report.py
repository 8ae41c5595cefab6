"""Measures everything that the documents claim about speed and memory, and writes README.md.

    make benchmarks
    python benchmarks/report.py [--quick] [--only a,c] [--out FOLDER]

About twenty minutes, on a machine that does nothing else; Linux, since memory is read from /proc.
`--only` measures some parts anew and leaves the others on the page as they are. `--quick` measures
next to nothing, draws nothing, and only shows that everything runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from calls import measure_clients, measure_table
from engine_times import measure_engine, measure_pool
from measuring import FOLDER, Curve, Effort, Section
from model import check_model
from on_spark import measure_spark
from overheads import measure_cells, measure_node
from service_load import measure_server

Measure = Callable[[Effort, "dict[str, float]"], "list[Section]"]

MEASURES: dict[str, Measure] = {
    "a": measure_clients,
    "b": measure_table,
    "c": measure_engine,
    "d": measure_pool,
    "e": measure_spark,
    "f": measure_node,
    "g": measure_server,
    "h": measure_cells,
    "model": check_model,
}
LIBRARIES = ("numpy", "Pillow", "pyarrow", "pandas", "requests", "urllib3", "openai")

HEAD = """# Benchmarks

`make benchmarks` makes this page anew, with all figures, in about twenty minutes. Ratios come
first: they hold from machine to machine, seconds do not. Figures are medians of {rounds} runs in
turns, the least and the greatest in brackets; those without brackets were measured once. On
another machine of this kind a median should lie within those brackets, a ratio within a tenth.

**The machine**: {machine}.

**Not measured**: real services and their latency, which is most of the time of a real run; object
stores and network file systems; a cluster of more than one machine; KNIME's own process beside
Python; Windows and macOS.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument("--only", default=",".join(MEASURES), help="some parts, such as a,c")
    parser.add_argument("--out", type=Path, help="the folder to write to; this one by default")
    options = parser.parse_args()
    effort = Effort(options.quick)
    out = options.out or (Path(tempfile.mkdtemp()) if options.quick else FOLDER)
    out.mkdir(parents=True, exist_ok=True)

    page, numbers = out / "README.md", out / "figures.json"
    parts: dict[str, str] = {}
    figures: dict[str, float] = {}
    names = options.only.split(",")
    if set(names) != set(MEASURES) and page.exists():
        parts = sections_of(page.read_text(encoding="utf-8"))
        figures = json.loads(numbers.read_text(encoding="utf-8"))
    for name in names:
        began = time.monotonic()
        for section in MEASURES[name](effort, figures):
            parts[section.title] = as_text(section)
            print(parts[section.title], flush=True)
            if not effort.quick:
                for curve in section.curves:
                    draw(curve, out / f"{curve.name}.svg")
        print(f"({time.monotonic() - began:.0f} seconds)\n", flush=True)
    head = HEAD.format(rounds=effort.rounds, machine=machine())
    page.write_text("\n".join([head, *parts.values()]), encoding="utf-8")
    rounded = {name: float(f"{value:.4g}") for name, value in figures.items()}
    numbers.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    print(f"Written to {page}")


def sections_of(page: str) -> dict[str, str]:
    """The sections of a page by their titles, as `as_text` made them."""
    parts = page.split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part}" for part in parts}


def as_text(section: Section) -> str:
    """A section in Markdown."""
    lines = [f"## {section.title}", "", section.text, ""]
    if section.columns:
        lines.append("| " + " | ".join(section.columns) + " |")
        lines.append("|---" * len(section.columns) + "|")
        lines += ["| " + " | ".join(row) + " |" for row in section.rows]
        lines.append("")
    for curve in section.curves:
        lines += [f"![{curve.up} over {curve.across}]({curve.name}.svg)", ""]
    return "\n".join(lines)


def draw(curve: Curve, path: Path) -> None:
    """A plot that is the same file for the same figures."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = curve.name
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 3.2), layout="constrained")
    for name, points in curve.lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(xlabel=curve.across, ylabel=curve.up, ylim=(0, None), xlim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def machine() -> str:
    """What the figures depend on, in plain words."""
    kind = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return (
        f"{os.cpu_count()} cores ({kind}), {memory:.0f} GiB of memory, {platform.system()}, "
        f"Python {sys.version.split()[0]}; {found}"
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main()
