"""Measure memory and time of hostile bodies and pictures; docs/faults-tested.md shows the result.

python -m tests.faults.measure
"""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from pathlib import Path

from .hostile_bodies import BODIES, measure

ROOT = Path(__file__).parents[2]
MEASURED = Path(__file__).with_name("measured.json")
PICTURES = ROOT / "benchmarks" / "hostile_pictures.py"


def main() -> None:
    measured = {
        "bodies": {name: _numbers(measure(name)) for name in BODIES},
        "pictures": {name: _numbers(_picture(name)) for name in _picture_names()},
    }
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n")


def _picture_names() -> list[str]:
    return list(runpy.run_path(str(PICTURES))["PICTURES"])


def _picture(name: str) -> dict[str, float]:
    ended = subprocess.run(
        [sys.executable, PICTURES, name], capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def _numbers(found: dict[str, float]) -> list[float]:
    """Peak memory in MB and seconds."""
    return [round(found["megabytes"]), round(found["seconds"], 1)]


if __name__ == "__main__":
    main()
