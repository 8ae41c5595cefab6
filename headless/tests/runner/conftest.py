from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

COLOURS = Path(__file__).parent.parent / "extensions" / "colours"


@pytest.fixture
def write_workflow(tmp_path: Path) -> Callable[[str], Path]:
    """Write a workflow file for the extension of colours."""

    def write(text: str) -> Path:
        path = tmp_path / "workflow.yml"
        path.write_text(f"extension: {COLOURS}\n{dedent(text)}")
        return path

    return write
