"""Fuzz every target, one after the other, and write down what was run and found.

    python benchmarks/fuzz/run.py --seconds 600

Needs `pip install atheris`. An input that breaks a promise is kept in benchmarks/fuzz/findings.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from seeds import write_seeds

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
FINDINGS = HERE / "findings"
TARGETS = ("answers", "errors", "waits", "png", "preparation")
MEMORY_MEGABYTES = 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for each target")
    parser.add_argument("targets", nargs="*", default=TARGETS)
    options = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for target in options.targets:
        results[target] = fuzz(target, options.seconds)
        RESULTS.write_text(json.dumps(results, indent=2) + "\n")
        print(target, results[target], flush=True)
    return int(any(result["findings"] for result in results.values()))


def fuzz(target: str, seconds: int) -> dict[str, int]:
    """Run one target in a process of its own, at the lowest priority."""
    FINDINGS.mkdir(exist_ok=True)
    before = set(FINDINGS.iterdir())
    with tempfile.TemporaryDirectory() as corpus:
        write_seeds(target, Path(corpus))
        command = [
            sys.executable,
            str(HERE / "targets.py"),
            target,
            f"-max_total_time={seconds}",
            f"-artifact_prefix={FINDINGS / target}-",
            f"-rss_limit_mb={MEMORY_MEGABYTES}",
            "-timeout=10",
            "-max_len=65536",
            "-print_final_stats=1",
            corpus,
        ]
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            preexec_fn=lambda: os.nice(19),
            check=False,
        )
    output = ended.stdout + ended.stderr
    found = len(set(FINDINGS.iterdir()) - before)
    if ended.returncode and not found:
        raise SystemExit(f"{target} did not run:\n{output[-3000:]}")
    if found:
        print(output[-3000:])
    return {
        "runs": _last(r"number_of_executed_units:\s*(\d+)", output),
        "seconds": _last(r"Done \d+ runs in (\d+) second", output),
        "peak_megabytes": _last(r"peak_rss_mb:\s*(\d+)", output),
        "findings": found,
    }


def _last(pattern: str, output: str) -> int:
    numbers = re.findall(pattern, output)
    return int(numbers[-1]) if numbers else 0


if __name__ == "__main__":
    raise SystemExit(main())
