"""What KNIME's bundler packs is the extension, the whole extension, and nothing but it."""

import json
import subprocess
import sys

import yaml
from PIL import Image

from .conftest import ROOT

LISTED = """
import json, sys
from knime_headless import load_extension
extension = load_extension(sys.argv[1])
import openai_images
print(json.dumps([list(extension.nodes), openai_images.__file__]))
"""


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_bundler_gets_sources_icons_and_its_own_three_files(exported):
    source = ROOT / "src"
    fronts = tuple(f"openai_images/{name}/" for name in ("cli", "server", "spark"))
    expected = {"knime.yml", "pixi.toml", "LICENSE"}
    expected |= {f"icons/{name}" for name in files(ROOT / "icons") if name.endswith(".png")}
    expected |= {
        f"src/{name}"
        for name in files(source)
        if not name.startswith(fronts) and "__pycache__" not in name and not name.startswith(".")
    }
    assert files(exported) == expected


def test_a_lock_file_travels_once_there_is_one(checkout, exported):
    lock = checkout / "pixi.lock"
    lock.write_text("version: 6")
    subprocess.run([sys.executable, checkout / ".ci/export_extension.py"], check=True)
    assert (exported / "pixi.lock").read_text() == "version: 6"
    lock.unlink()
    subprocess.run([sys.executable, checkout / ".ci/export_extension.py"], check=True)
    assert not (exported / "pixi.lock").exists()


def test_every_file_that_knime_yml_names_is_there(exported):
    manifest = yaml.safe_load((exported / "knime.yml").read_text())
    assert (exported / manifest["license_file"]).is_file()
    assert (exported / manifest["pixi_toml_path"]).is_file()
    assert (exported / manifest["extension_module"]).with_suffix(".py").is_file()


def test_icons_are_as_large_as_knimes_own(exported):
    for path in (exported / "icons").iterdir():
        with Image.open(path) as icon:
            assert (icon.format, icon.size) == ("PNG", (48, 48))


def test_the_extension_loads_from_there_with_all_its_nodes(exported):
    command = [sys.executable, "-c", LISTED, exported]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    nodes, package = json.loads(run.stdout)
    assert nodes == [
        "create_image_variation",
        "create_image_variations_table",
        "openai_image_connector",
    ]
    assert package.startswith(str(exported))
