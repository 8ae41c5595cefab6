"""Runs page.test.mjs: the server's page in Chromium, against the real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from ..first_pictures import FIRST_PICTURES, write_first_pictures
from .chromium import browser_marks, run_script

HERE = Path(__file__).parent
KEY = "a-key-of-the-tests-1"

pytestmark = browser_marks(HERE, "tests/browser")


@contextmanager
def serving(**environment: str) -> Iterator[str]:
    """`openai-images serve` on a free port; gives its address."""
    command = [sys.executable, "-m", "openai_images.cli", "serve", "--port", "0"]
    with subprocess.Popen(
        command, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            first = json.loads(server.stdout.readline())
            yield f"http://{first['host']}:{first['port']}/"
        finally:
            server.terminate()
            server.communicate(timeout=60)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory) -> Path:
    """A photograph, the pictures that people try first, and a file that is no picture."""
    folder = tmp_path_factory.mktemp("pictures")
    Image.fromarray(data.chelsea()).resize((450, 300)).save(folder / "photo.jpg")
    write_first_pictures(folder)
    (folder / "text.txt").write_text("no picture", encoding="utf-8")
    return folder


def test_the_page_in_chromium(pictures, tmp_path):
    with serving() as url, serving(OPENAI_IMAGES_API_KEYS=KEY) as keyed:
        run_script(
            HERE,
            "page.test.mjs",
            tmp_path,
            PAGE_URL=url,
            PAGE_URL_KEYED=keyed,
            PAGE_KEY=KEY,
            PICTURES=str(pictures),
            FIRST_PICTURES=json.dumps(FIRST_PICTURES),
        )
