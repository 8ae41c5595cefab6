"""The nodes' dialogs in Chromium, drawn by KNIME's own component.

The page and its checks are those of knime-headless: every control is drawn, and shown exactly if
its rules say so, before and after each switch is clicked.
"""

from __future__ import annotations

import json

from .chromium import browser_marks, run_script
from .dialog_states import ROOT, dialog_states

PAGE = ROOT / "headless" / "tests" / "browser"

pytestmark = browser_marks(PAGE, "headless/tests/browser")


def test_the_dialogs_in_chromium(tmp_path):
    (tmp_path / "dialogs.json").write_text(json.dumps(dict(dialog_states())), encoding="utf-8")
    run_script(PAGE, "dialogs.test.mjs", tmp_path, DIALOGS=str(tmp_path / "dialogs.json"))
