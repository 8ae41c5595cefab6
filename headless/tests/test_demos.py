"""The project's workflow files for KNIME, against the YAML files that they are made from."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
import yaml

from knime_headless import load_extension
from knime_headless.knwf.convert import yaml_data
from knime_headless.knwf.reading import Given

ROOT = Path(__file__).parents[2]
DEMOS = ROOT / "demos"
NAMES = ["first_variations", "variations", "table", "gpt_image_edits"]
NS = "{http://www.knime.org/2008/09/XMLConfig}"
TYPES = {"xstring", "xint", "xdouble", "xboolean"}

pytestmark = pytest.mark.skipif(not (DEMOS / "make_knwf.py").is_file(), reason="no demos here")


@pytest.fixture(scope="module")
def make() -> dict[str, Any]:
    return runpy.run_path(str(DEMOS / "make_knwf.py"))


def test_every_demo_is_here(make: dict[str, Any]):
    assert list(make["NOTES"]) == NAMES
    assert {path.stem for path in DEMOS.glob("*.knwf")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_files_are_what_would_be_made_now(make: dict[str, Any], name: str, tmp_path: Path):
    made = tmp_path / f"{name}.knwf"
    made.write_bytes(make["archive"](name))
    assert made.read_bytes() == make["archive"](name)
    committed = yaml_data(DEMOS / f"{name}.knwf", [ROOT], Given())
    assert committed == yaml_data(made, [ROOT], Given()), "run demos/make_knwf.py"


@pytest.mark.parametrize("name", NAMES)
def test_knime_finds_what_it_needs(name: str):
    """By the rules for its XML and loader alone, without the code that wrote the files."""
    with zipfile.ZipFile(DEMOS / f"{name}.knwf") as archive:
        assert archive.testzip() is None
        files = {n: ElementTree.fromstring(archive.read(n)) for n in archive.namelist()}
    assert {path.split("/")[0] for path in files} == {name}
    top = files.pop(f"{name}/workflow.knime")
    for root in (top, *files.values()):
        assert root.tag == f"{NS}config"
        for element in root.iter(f"{NS}entry"):
            assert element.get("type") in TYPES
            if element.get("isnull"):
                assert (element.get("type"), element.get("value")) == ("xstring", "")
    assert value(top, "created_by") == "5.10.0"
    nodes = {value(node, "id"): node for node in child(top, "nodes")}
    for node in nodes.values():
        settings = files[f"{name}/{value(node, 'node_settings_file')}"]
        assert value(settings, "node-bundle-symbolic-name") in (
            "io.github.openai_images.openai_images",
            "org.knime.js.quickforms",
            "org.knime.base",
        )
        assert value(settings, "state") in ("IDLE", "CONFIGURED")
        assert value(settings, "hasContent") == "false"
        assert value(child(settings, "nodeAnnotation"), "text")
    ends = [
        tuple(value(link, key) for key in ("sourceID", "destID", "destPort"))
        for link in child(top, "connections")
    ]
    assert len({end[1:] for end in ends}) == len(ends) > 0
    assert {part for end in ends for part in end[:2]} == set(nodes)


@pytest.mark.parametrize("name", NAMES)
def test_an_independent_reader_reads_the_same_settings(name: str):
    """What is stored for each node, against the YAML file and the nodes' own defaults."""
    described = yaml.safe_load((DEMOS / f"{name}.yml").read_text(encoding="utf-8"))["nodes"]
    nodes = load_extension(ROOT).nodes
    with zipfile.ZipFile(DEMOS / f"{name}.knwf") as archive:
        files = {n: ElementTree.fromstring(archive.read(n)) for n in archive.namelist()}
    found = {}
    for settings in files.values():
        ids = [c for c in settings if c.get("key") == "factory_settings" and len(c)]
        if ids:
            label = value(child(settings, "nodeAnnotation"), "text")
            found[label] = (value(ids[0], "node_id"), parameters(child(settings, "model")))
    expected = {}
    for alias, step in described.items():
        if "node" in step:
            defaults = nodes[step["node"]].defaults()
            expected[alias.capitalize()] = step["node"], overlaid(defaults, step["settings"])
    assert found == expected


READ = {"xstring": str, "xint": int, "xdouble": float, "xboolean": "true".__eq__}


def parameters(config: ElementTree.Element) -> dict[str, Any]:
    """The values below an element of KNIME's XML, by its published rules."""
    read: dict[str, Any] = {}
    for element in config:
        key = str(element.get("key"))
        if key.endswith("_Internals"):
            continue
        if element.tag == f"{NS}config":
            read[key] = parameters(element)
        elif element.get("isnull"):
            read[key] = None
        else:
            text = re.sub(r"%%(\d{5})", lambda m: chr(int(m[1])), str(element.get("value")))
            read[key] = READ[str(element.get("type"))](text)
    return read


def overlaid(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    merged = dict(defaults)
    for key, inner in given.items():
        merged[key] = overlaid(merged[key], inner) if isinstance(inner, dict) else inner
    return merged


def child(config: ElementTree.Element, key: str) -> ElementTree.Element:
    return next(element for element in config if element.get("key") == key)


def value(config: ElementTree.Element, key: str) -> str | None:
    return child(config, key).get("value")


def test_both_files_give_the_same_pictures(tmp_path: Path):
    for name in ("coffee.png", "first_variations.knwf"):
        shutil.copy(DEMOS / name, tmp_path)
    text = (DEMOS / "first_variations.yml").read_text(encoding="utf-8")
    path = tmp_path / "first_variations.yml"
    path.write_text(text.replace("extension: ..", f"extension: {ROOT}"), encoding="utf-8")
    command = [sys.executable, "-c", "from knime_headless.cli import main; main()", "run"]
    output = "Create Image Variation/Result=output/knwf.parquet"
    for arguments in (
        [path],
        [tmp_path / "first_variations.knwf", "-e", ROOT, "--output", output],
    ):
        ran = subprocess.run(
            [*command, *map(str, arguments)],
            capture_output=True,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
    by_yaml, by_knwf = (
        pq.read_table(tmp_path / "output" / f"{name}.parquet") for name in ("first", "knwf")
    )
    assert by_yaml.num_rows == 4
    assert by_knwf.column("Image").to_pylist() == by_yaml.column("Image").to_pylist()
