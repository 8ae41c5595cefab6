"""The nodes' dialogs in Chromium, drawn by KNIME's own component.

The page and its checks are those of knime-headless: every control is drawn, and shown exactly if
its rules say so, before and after each switch is clicked.
"""

from __future__ import annotations

import json
from pathlib import Path

from knime_headless import load_extension

from .chromium import browser_marks, run_script

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "headless" / "tests" / "browser"

pytestmark = browser_marks(PAGE, "headless/tests/browser")


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
    run_script(PAGE, "dialogs.test.mjs", tmp_path, DIALOGS=str(tmp_path / "dialogs.json"))
