"""Running the scripts of these tests with Node.js, which drives Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
NODE = shutil.which("node") or ""


def browser_marks(folder: Path, name: str) -> list[pytest.MarkDecorator]:
    """Marks of a test that needs Chromium and the node packages of `folder`, shown as `name`."""
    needed = {
        "chromium": CHROMIUM,
        "node": NODE,
        f"{name}/node_modules (npm install)": (folder / "node_modules").is_dir(),
    }
    missing = [part for part, is_there in needed.items() if not is_there]
    return [
        pytest.mark.browser,
        pytest.mark.skipif(bool(missing), reason=f"missing: {', '.join(missing)}"),
    ]


def run_script(folder: Path, script: str, shots: Path, **environment: str) -> None:
    """Run a script of `folder`; it passes, or the test fails with what it printed.

    Args:
        shots: where screenshots go, unless the variable SCREENSHOTS names another folder.
    """
    own = {"SHOTS": os.environ.get("SCREENSHOTS") or str(shots), "CHROMIUM": CHROMIUM}
    run = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", script],
        cwd=folder,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
