"""The drawings of the demo workflows are those of the files."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_drawings_are_what_would_be_drawn_now():
    drawn = runpy.run_path(str(ROOT / "docs" / "make_workflows.py"))["drawings"]()
    assert set(drawn) == set((ROOT / "docs" / "images" / "workflows").glob("*.svg"))
    for path, text in drawn.items():
        assert path.read_text(encoding="utf-8") == text, "run docs/make_workflows.py"
