"""The documentation in a real browser: light and dark, wide and narrow, and its search."""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from .chromium import browser_marks, run_script

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
pytestmark = [
    *browser_marks(FOLDER, "tests/browser"),
    pytest.mark.skipif(
        importlib.util.find_spec("material") is None, reason="the extra docs is not installed"
    ),
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(tmp_path):
    """The folder and the address of the site."""
    folder = tmp_path / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", folder]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    subprocess.run(command, cwd=ROOT, env=quiet, check=True, capture_output=True)
    handler = functools.partial(Quiet, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_site(site, tmp_path):
    folder, address = site
    pages = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    pages.remove("404.html")
    run_script(FOLDER, "site.test.mjs", tmp_path, SITE=address, PAGES=json.dumps(pages))
