"""The nodes' dialogs in Chromium, drawn by KNIME's own component.

The page and its checks are those of knime-headless: every control is drawn, and shown exactly if
its rules say so, before and after each switch is clicked.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from knime_headless import load_extension

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "headless" / "tests" / "browser"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
NODE = shutil.which("node") or ""
MISSING = [
    name
    for name, there in {
        "chromium": CHROMIUM,
        "node": NODE,
        "headless/tests/browser/node_modules (npm install)": (PAGE / "node_modules").is_dir(),
    }.items()
    if not there
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {', '.join(MISSING)}"),
]


def test_the_dialogs_in_chromium(tmp_path):
    nodes = load_extension(ROOT).nodes
    credentials = {"openai": ("", None)}
    dialogs = {node.id: node.dialog(credentials=credentials) for node in nodes.values()}
    connector = nodes["openai_image_connector"]
    for service in connector.settings_schema()["properties"]["service"]["oneOf"]:
        settings = {"service": service["const"]}
        dialogs[f"connector-{service['const']}"] = connector.dialog(
            settings, credentials=credentials
        )
    (tmp_path / "dialogs.json").write_text(json.dumps(dialogs), encoding="utf-8")
    environment = {
        "DIALOGS": str(tmp_path / "dialogs.json"),
        "SHOTS": os.environ.get("SCREENSHOTS") or str(tmp_path),
        "CHROMIUM": CHROMIUM,
    }
    run = subprocess.run(
        [NODE, "--test", "--test-reporter=spec", "dialogs.test.mjs"],
        cwd=PAGE,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert run.returncode == 0, run.stdout + run.stderr
