"""The extension as the bundler gets it: exported from a checkout where much else lies around."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = (".ci", "icons", "knime.yml", "LICENSE", "pixi.toml", "src")
CLUTTER = (
    ".git/config",
    ".pixi/envs/default/bin/python",
    ".venv/pyvenv.cfg",
    "README.md",
    "build/update-site/content.jar",
    "build/extension/src/no_longer_there.py",
    "demos/output/gallery.html",
    "demos/variations.yml",
    "headless/tests/browser/node_modules/vue/index.js",
    "icons/.DS_Store",
    "src/.env",
    "src/__pycache__/extension.cpython-311.pyc",
    "src/openai_images/.extension.py.swp",
    "tests/test_cli.py",
)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """A copy of what the extension is made from, with what a checkout collects over time."""
    folder = tmp_path_factory.mktemp("checkout")
    # Other tests' processes write these meanwhile, under names that last for a moment.
    compiled = shutil.ignore_patterns("__pycache__")
    for name in PARTS:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=compiled)
        else:
            shutil.copy2(source, folder / name)
    for name in CLUTTER:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("clutter")
    return folder


@pytest.fixture(scope="module")
def exported(checkout):
    """The folder that the bundler packs, without what runs of other tests left in it."""
    subprocess.run([sys.executable, checkout / ".ci/export_extension.py"], check=True)
    return checkout / "build" / "extension"
