"""The benchmarks run: what they measure is theirs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Not the engine's, which needs the history of the checkout, Spark's, and the model of all others.
PARTS = "a,b,d,f,g,h"


@pytest.mark.thorough
def test_the_report_measures_its_parts_and_writes_its_page(tmp_path):
    pytest.importorskip("openai")
    out = tmp_path / "report"
    command = [sys.executable, ROOT / "benchmarks" / "report.py", "--quick", "--only", PARTS]
    subprocess.run([*command, "--out", out], check=True, timeout=600, stdout=subprocess.DEVNULL)
    page = (out / "README.md").read_text(encoding="utf-8")
    for part in PARTS.split(","):
        section = page.partition(f"\n## ({part})")[2].partition("\n## ")[0]
        header, _, *rows = [line for line in section.splitlines() if line.startswith("|")]
        assert rows, part
        assert {row.count("|") for row in rows} == {header.count("|")}
    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    assert {"batch_cpu_512", "node_cpu_512", "rows_gain_512", "server_rate_1"} <= set(figures)
