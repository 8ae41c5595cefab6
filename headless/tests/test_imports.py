"""Which module uses which: arrows point one way, also those inside functions and for types."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"


def modules() -> dict[str, Path]:
    """Every module of the distribution by its dotted name."""
    named = {path.relative_to(SOURCE).with_suffix("").parts: path for path in SOURCE.rglob("*.py")}
    return {".".join(parts).removesuffix(".__init__"): path for parts, path in named.items()}


def imports(path: Path, known: dict[str, Path]) -> set[str]:
    """The modules of the distribution that a file imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import, which this test does not read"
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (inner & known.keys()) or {str(node.module)}
    return found & known.keys()


def circle(arrows: dict[str, set[str]]) -> list[str]:
    """One circle, or nothing."""
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other():
    known = modules()
    assert len(known) > 40
    assert circle({name: imports(path, known) - {name} for name, path in known.items()}) == []


@pytest.mark.parametrize("package", ["knime.extension", "knime_headless"])
def test_no_folders_import_each_other(package: str):
    """A folder counts as one thing, whatever its modules are called."""
    known = modules()
    depth = package.count(".") + 2
    folders: dict[str, set[str]] = {}
    for name, path in known.items():
        if name.startswith(f"{package}."):
            part = ".".join(name.split(".")[:depth])
            used = {".".join(other.split(".")[:depth]) for other in imports(path, known)}
            folders.setdefault(part, set()).update(used - {part, package})
    assert len(folders) > 8
    assert circle(folders) == []


def test_the_check_finds_a_circle():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
