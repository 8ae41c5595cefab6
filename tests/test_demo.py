"""The demo chain, as cron would run it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image, ImageChops, ImageStat

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """The demo's output folder, made by one run in a copy of the folder."""
    folder = tmp_path_factory.mktemp("demos")
    shutil.copy(ROOT / "demos" / "coffee.png", folder)
    workflow = (ROOT / "demos" / "variations.yml").read_text(encoding="utf-8")
    path = folder / "variations.yml"
    path.write_text(workflow.replace("extension: ..", f"extension: {ROOT}"), encoding="utf-8")
    command = [Path(sys.executable).with_name("knime-headless"), "run", path]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return folder / "output"


def opened(path):
    """The picture, with its file closed."""
    with Image.open(path) as picture:
        return picture.copy()


def test_both_nodes_of_the_chain_wrote_pictures_of_their_size(output):
    sizes = {path.name: opened(path).size for path in output.glob("*.png")}
    assert sizes == {
        **{f"variation-{number}.png": (512, 512) for number in range(1, 5)},
        **{f"bolder-{number}.png": (1024, 1024) for number in range(1, 3)},
    }


def test_the_pictures_differ_from_the_source_and_from_each_other(output):
    source = opened(ROOT / "demos" / "coffee.png").crop((100, 0, 500, 400))
    pictures = [source, *(opened(path) for path in sorted(output.glob("variation-*.png")))]
    assert len(pictures) == 5
    small = [picture.convert("RGB").resize((64, 64)) for picture in pictures]
    for index, first in enumerate(small):
        for second in small[index + 1 :]:
            difference = ImageStat.Stat(ImageChops.difference(first, second)).mean
            assert sum(difference) / 3 > 2


def test_the_table_and_the_gallery_hold_the_same_pictures(output):
    table = pq.read_table(output / "variations.parquet")
    assert table.column("Index").to_pylist() == [1, 2, 3, 4]
    files = [path.read_bytes() for path in sorted(output.glob("variation-*.png"))]
    assert table.column("Image").to_pylist() == files
    page = (output / "gallery.html").read_text(encoding="utf-8")
    assert page.count("<figure") == 5
    assert page.count("data:image/png;base64,") == 5
