"""What the benchmarks of the report share: repeated figures, and parts in processes of their own.

A part is a function in a module of this folder that takes plain values and gives a dictionary of
figures. `run_part` runs it in a fresh interpreter, so that its memory and imports are its own.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent


@dataclass(frozen=True)
class Effort:
    """How much is measured: `quick` only shows that everything runs."""

    quick: bool

    @property
    def rounds(self) -> int:
        return 1 if self.quick else 3

    def of(self, many: int, few: int) -> int:
        return few if self.quick else many


@dataclass(frozen=True)
class Sample:
    """A figure that was measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def shown(self, digits: int = 1) -> str:
        """The median, and the least and the greatest value behind it."""
        low, high = min(self.values), max(self.values)
        return f"{self.median:,.{digits}f} ({low:,.{digits}f} to {high:,.{digits}f})"


@dataclass(frozen=True)
class Curve:
    """A plot: a file name, the names of both axes, and lines of points by name."""

    name: str
    across: str
    up: str
    lines: dict[str, list[tuple[float, float]]]


@dataclass
class Section:
    """A part of the report: what was measured and how, its table, and its curves."""

    title: str
    text: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)


def sample(rounds: int, *measures: Callable[[], float]) -> list[Sample]:
    """Each measure as often as there are rounds, in turns: what slows one down slows all."""
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [Sample(values) for values in zip(*taken, strict=True)]


def samples_of(rounds: int, *parts: Callable[[], dict[str, float]]) -> list[dict[str, Sample]]:
    """As `sample`, for parts that give several figures."""
    taken = [[part() for part in parts] for _ in range(rounds)]
    return [
        {name: Sample(tuple(one[name] for one in ones)) for name in ones[0]}
        for ones in zip(*taken, strict=True)
    ]


def run_part(
    part: str, python: str | Path = sys.executable, source: Path | None = None, **values: Any
) -> dict[str, Any]:
    """The figures of a part, named `module:function`.

    Args:
        source: the folder of the package to import in place of this checkout's.
    """
    paths = [str(source or ROOT / "src"), str(ROOT / "headless" / "src"), str(FOLDER)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    environment["OPENBLAS_NUM_THREADS"] = "1"
    done = subprocess.run(
        [str(python), __file__, part, json.dumps(values)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def spent(work: Callable[[], object], count: int = 1) -> dict[str, float]:
    """Seconds, processor milliseconds a piece, and the peak of this process's memory in MiB."""
    began, used = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    return {
        "seconds": seconds,
        "rate": count / seconds,
        "cpu": cpu * 1000 / count,
        "peak": peak_mib(),
    }


def peak_mib(process: int | str = "self") -> float:
    """The most memory that a process had, in MiB, as Linux counts it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    module, _, function = sys.argv[1].partition(":")
    run = getattr(importlib.import_module(module), function)
    print(json.dumps(run(**json.loads(sys.argv[2]))))
