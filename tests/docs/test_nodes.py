"""The pages of the nodes say what the nodes say."""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKER = Path("docs", "make_nodes.py")


def test_the_pages_are_what_would_be_made_now():
    made = runpy.run_path(str(ROOT / MAKER))["pages"]()
    assert {path.name for path in made} == {p.name for p in (ROOT / "docs/nodes").glob("*.md")}
    for path, text in made.items():
        assert path.read_text(encoding="utf-8") == text, f"run {MAKER}"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """What the pages are made from, to be changed."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("src", "icons", "docs/images/dialogs"):
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    (copy / "docs" / "nodes").mkdir(parents=True)
    for name in ("knime.yml", "LICENSE", str(MAKER), "docs/nodes.yml"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("nodes/request_parameters.py", "Each image is billed.", "Each picture is billed."),
        ("nodes/create_image_variation.py", "Which service makes the images.", "Who makes them."),
        ("request.py", "MAX_N = 10", "MAX_N = 9"),
    ],
)
def test_a_change_of_a_node_changes_them(checkout, module, old, new):
    changed = checkout / "src" / "openai_images" / module
    text = changed.read_text(encoding="utf-8")
    assert old in text
    changed.write_text(text.replace(old, new), encoding="utf-8")
    command = [sys.executable, checkout / MAKER]
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    subprocess.run(command, env=environment, check=True)
    changed.write_text(text, encoding="utf-8")
    pages = (ROOT / "docs" / "nodes").glob("*.md")
    made = {page.name: (checkout / "docs/nodes" / page.name).read_text() for page in pages}
    kept = {page.name: page.read_text() for page in (ROOT / "docs/nodes").glob("*.md")}
    assert made != kept
