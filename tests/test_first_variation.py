"""The first variation of whatever picture somebody tries, by node, command line and Python.

tests/browser does the same on the server's page.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from knime_headless import load_extension
from openai_images import open_session

from .first_pictures import FIRST_PICTURES, write_first_pictures

ROOT = Path(__file__).parents[1]
SIZE = "256x256"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("first")
    write_first_pictures(folder)
    return folder


@pytest.fixture(scope="module")
def nodes():
    return load_extension(ROOT).nodes


def check(name: str, made: Image.Image) -> None:
    """It has the size that was asked for, and is what the source was."""
    assert made.size == (256, 256)
    if name == "clear.png":
        assert made.getchannel("A").getextrema() == (0, 255)
    if name == "phone.jpg":  # upright: the sky is above the ground
        colours = made.convert("RGB")
        sky = ImageStat.Stat(colours.crop((0, 0, 256, 20))).mean
        ground = ImageStat.Stat(colours.crop((0, 236, 256, 256))).mean
        assert sky[2] > sky[1]
        assert ground[1] > ground[2]


@pytest.mark.parametrize("name", FIRST_PICTURES)
def test_by_nodes(nodes, folder, name):
    connection = nodes["openai_image_connector"].execute().outputs[0]
    settings = {
        "image": str(folder / name),
        "set_size": True,
        "size": SIZE,
        "result_format": "IMAGES",
    }
    result = nodes["create_image_variation"].execute(settings, [connection])
    (row,) = result.outputs[0].rows()
    check(name, row["Image"])


@pytest.mark.parametrize("name", FIRST_PICTURES)
def test_by_the_command_line(folder, tmp_path, name):
    command = [sys.executable, "-m", "openai_images.cli", "vary", folder / name, "-s", SIZE]
    done = subprocess.run([*command, "-o", tmp_path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with Image.open(done.stdout.strip()) as made:
        check(name, made)


@pytest.mark.parametrize("name", FIRST_PICTURES)
def test_by_python(folder, name):
    with open_session() as session:
        (made,) = session.vary(folder / name, size=SIZE)
    check(name, Image.open(io.BytesIO(made.png)))
