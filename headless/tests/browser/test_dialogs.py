"""Runs dialogs.test.mjs: dialogs drawn by KNIME's own component, in Chromium."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
NODE = shutil.which("node") or ""
MISSING = [
    name
    for name, there in {
        "chromium": CHROMIUM,
        "node": NODE,
        f"{HERE.name}/node_modules (npm install)": (HERE / "node_modules").is_dir(),
    }.items()
    if not there
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {', '.join(MISSING)}"),
]


def test_dialogs_in_chromium(colours, tmp_path):
    credentials = {"me": ("user", None)}
    dialogs = {node.id: node.dialog(credentials=credentials) for node in colours.nodes.values()}
    (tmp_path / "dialogs.json").write_text(json.dumps(dialogs))
    environment = {
        "DIALOGS": str(tmp_path / "dialogs.json"),
        "SHOTS": os.environ.get("SCREENSHOTS") or str(tmp_path),
        "CHROMIUM": CHROMIUM,
    }
    run = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", "dialogs.test.mjs"],
        cwd=HERE,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
