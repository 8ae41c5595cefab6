"""Loading extension folders, good and bad."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from knime_headless import ExtensionError, load_extension


def test_a_good_extension(colours):
    assert (colours.id, colours.version) == ("org.example.colours", "1.2.0")
    assert list(colours.nodes) == ["palette_source", "paint", "count"]
    assert [c["level_id"] for c in colours.categories] == ["colours"]
    paint = colours.nodes["paint"]
    assert (paint.name, paint.category) == ("Paint", "/community/colours")
    assert [p.name for p in paint.inputs] == ["Palette", "Titles"]
    assert paint.view.name == "Gallery"


def test_the_same_folder_is_loaded_once(colours):
    assert load_extension(colours.path) is colours
    assert load_extension(colours.path / "knime.yml") is colours


def test_the_sources_come_first_on_the_path(write_extension):
    folder = write_extension()
    load_extension(folder)
    assert sys.path[0] == str(folder / "src")


def test_extensions_with_modules_of_the_same_name(write_extension, colours):
    folders = [write_extension("text = knext.StringParameter('T', 'D')"), write_extension()]
    for folder in folders:
        (module,) = (folder / "src").glob("*.py")
        module.rename(folder / "src" / "same_name.py")
        text = (folder / "knime.yml").read_text().replace(module.stem, "same_name")
        (folder / "knime.yml").write_text(text)
    first, second = map(load_extension, folders)
    assert first.nodes["sample"].defaults() == {"text": ""}
    assert second.nodes["sample"].defaults() == {}
    assert colours.nodes["palette_source"].defaults()["colours"] == "red,green"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"name": None}, "needs the entry name"),
        ({"name": "two words"}, "name in .* must be of the form"),
        ({"group_id": "a b"}, "group_id"),
        ({"version": "1.0"}, "form x.y.z"),
        ({"version": 1.0}, "needs the entry version"),
        ({"extension_module": "./src/other"}, "there is no file .*other.py"),
        ({"license_file": "LICENSE"}, "license_file"),
    ],
)
def test_wrong_entries(write_extension, manifest, message):
    with pytest.raises(ExtensionError, match=message):
        load_extension(write_extension(**manifest))


@pytest.mark.parametrize(
    ("text", "message"), [("", "holds no entries"), ("a: [", "not valid YAML"), ("- a", "holds no")]
)
def test_files_that_are_no_manifest(tmp_path: Path, text, message):
    (tmp_path / "knime.yml").write_text(text)
    with pytest.raises(ExtensionError, match=message):
        load_extension(tmp_path)


def test_a_folder_without_manifest(tmp_path: Path):
    with pytest.raises(ExtensionError, match=r"no knime\.yml"):
        load_extension(tmp_path)


def test_a_module_that_hides_one_of_python(write_extension):
    folder = write_extension()
    (folder / "src" / "json").mkdir()
    with pytest.raises(ExtensionError, match="would hide Python's own module json"):
        load_extension(folder)


def test_a_module_that_cannot_be_imported(write_extension):
    with pytest.raises(ExtensionError, match="ZeroDivisionError: division by zero"):
        load_extension(write_extension("1 / 0"))


def test_a_missing_icon(write_extension):
    folder = write_extension()
    (folder / "icon.png").unlink()
    with pytest.raises(ExtensionError, match="icon of node sample is missing"):
        load_extension(folder)


def test_an_icon_that_is_no_png(write_extension):
    folder = write_extension()
    (folder / "icon.png").write_bytes(b"<svg/>")
    with pytest.raises(ExtensionError, match="not a PNG"):
        load_extension(folder)


def test_marks_that_keep_knime_from_loading(write_extension):
    with pytest.raises(ExtensionError, match="must not hold & or <: Salt & pepper"):
        load_extension(write_extension('__doc__ = "Salt & pepper."'))


def test_marks_in_the_description_of_a_view(write_extension):
    folder = write_extension('output_view = knext.ViewDeclaration("View", "a < b")')
    with pytest.raises(ExtensionError, match="description of the view"):
        load_extension(folder)
