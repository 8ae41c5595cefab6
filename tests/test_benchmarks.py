import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_report_measures_all_parts_and_writes_its_page(tmp_path):
    command = [sys.executable, ROOT / "benchmarks" / "report.py", "--quick", "--out", tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert ran.returncode == 0, ran.stderr[-5000:]
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert {*re.findall(r"^## \((.)\)", page, re.M)} == set("abcdefgh")
    assert "## The model, checked" in page
    assert "nan" not in page
