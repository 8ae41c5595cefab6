"""The demo workflows, as cron would run them."""

import re
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
    """The demo's output folder."""
    return run_demo("variations.yml", tmp_path_factory.mktemp("root"))


def run_demo(name, root):
    """Run a workflow in a copy of the demos, and give its output folder."""
    folder = root / "demos"
    shutil.copytree(ROOT / "demos", folder, ignore=shutil.ignore_patterns("output", "data"))
    (root / "docs" / "images").mkdir(parents=True)
    shutil.copy(ROOT / "docs" / "images" / "chelsea.jpg", root / "docs" / "images")
    path = folder / name
    workflow = path.read_text(encoding="utf-8")
    path.write_text(workflow.replace("extension: ..", f"extension: {ROOT}"), encoding="utf-8")
    command = [Path(sys.executable).with_name("knime-headless"), "run", path]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return folder / "output"


def opened(path):
    """The picture, with its file closed."""
    with Image.open(path) as picture:
        return picture.copy()


def test_each_node_of_the_chain_wrote_its_pictures(output):
    sizes = {path.name: opened(path).size for path in output.glob("*.png")}
    kinds = ("variation-", "bolder-", "drawn-Row0_", "drawn-Row1_", "drawn-Row2_")
    names = [f"{kind}{number}.png" for kind in kinds for number in range(1, 4)]
    assert sizes == dict.fromkeys(names, (512, 512))


def test_the_cut_out_stays_one(output):
    for path in output.glob("drawn-Row1_*.png"):
        picture = opened(path)
        assert picture.mode == "RGBA"
        assert picture.getpixel((0, 0))[3] == 0


def test_every_page_is_named_at_the_end():
    made = re.findall(r"view: output/(.*)", (ROOT / "demos" / "variations.yml").read_text())
    (told,) = re.findall(r'@echo "(Look at demos.*)"', (ROOT / "Makefile").read_text())
    assert len(made) == 3
    assert all(page in told for page in made)


def test_the_pictures_differ_from_the_source_and_from_each_other(output):
    source = opened(ROOT / "demos" / "camera.png")
    pictures = [source, *(opened(path) for path in sorted(output.glob("variation-*.png")))]
    assert len(pictures) == 4
    small = [picture.convert("RGB").resize((64, 64)) for picture in pictures]
    for index, first in enumerate(small):
        for second in small[index + 1 :]:
            difference = ImageStat.Stat(ImageChops.difference(first, second)).mean
            assert sum(difference) / 3 > 2


def test_the_table_and_the_gallery_hold_the_same_pictures(output):
    table = pq.read_table(output / "variations.parquet")
    assert table.column("Index").to_pylist() == [1, 2, 3]
    files = [path.read_bytes() for path in sorted(output.glob("variation-*.png"))]
    assert table.column("Image").to_pylist() == files
    page = (output / "gallery.html").read_text(encoding="utf-8")
    assert page.count("<figure") == 4
    assert page.count('<img loading="lazy"') == 4
    assert page.count('download="camera-variation-') == 3


def test_of_a_table_with_a_broken_picture_the_others_are_made(tmp_path):
    output = run_demo("table.yml", tmp_path)
    names = sorted(path.name for path in output.glob("*.png"))
    assert names == ["table-Row0_1.png", "table-Row0_2.png", "table-Row2_1.png"]
    assert {opened(output / name).size for name in names} == {(256, 256)}
    failures = (output / "failures.csv").read_text(encoding="utf-8").splitlines()
    assert "broken.png cannot be read" in failures[1]
    assert "nowhere.png does not exist" in failures[2]
    assert (output / "table.html").read_text(encoding="utf-8").count("<figure") == 5
