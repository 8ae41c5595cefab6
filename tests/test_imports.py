"""The picture of the code in the documents, held against the code."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
PACKAGE = SOURCE / "openai_images"

# Each layer may use those after it, and the parts of one layer only where named.
LAYERS = (
    {"nodes", "cli", "spark"},
    {"server"},
    {"rows"},
    {"tables", "batch", "scripting"},
    {"job", "progress"},
    {"session"},
    {"services"},
    {"journal"},
    {"transport", "pictures", "engine", "source", "output", "cost"},
    {"connection"},
    {"models"},
    {"options", "request", "response", "secret"},
    {"watch"},
    {"errors", "bounded_json", "text", "addresses", "files", "deflate", "gallery"},
)
RANK = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}


def part_of(module):
    """The part of the package that a dotted module name belongs to."""
    return module.removeprefix("openai_images").lstrip(".").partition(".")[0]


@cache
def imports():
    """(file, part it is in, absolute name of what it imports) of the whole package."""
    return tuple(_imports())


def _imports():
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(SOURCE).with_suffix("").parts
        package = inside[:-1]
        part = part_of(".".join(inside)) if len(inside) > 1 else ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, part, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
                module = ".".join(filter(None, [base, node.module]))
                names = [f"{module}.{a.name}" for a in node.names] if not node.module else [module]
                yield from ((path, part, name) for name in names)


def test_every_part_has_its_layer():
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert parts - {"__init__", "__pycache__", "py"} <= set(RANK)


def test_arrows_point_one_way():
    wrong = [
        f"{path.relative_to(SOURCE)} imports {name}"
        for path, part, name in imports()
        if name.startswith("openai_images")
        and part in RANK
        and (target := part_of(name)) in RANK
        and target != part
        and RANK[target] <= RANK[part]
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("library", "parts"),
    [
        ("knime", {"nodes"}),
        ("requests", {"transport"}),
        ("urllib3", {"transport"}),
        ("socket", {"addresses", "transport", "server", "cli"}),
        ("typer", {"cli"}),
        ("starlette", {"server"}),
        ("uvicorn", {"server", "cli"}),
        ("pyarrow", {"tables", "rows", "journal", "nodes", "spark"}),
        ("pyspark", {"spark"}),
    ],
)
def test_a_library_is_imported_only_where_it_belongs(library, parts):
    used = {part for _, part, name in imports() if name.partition(".")[0] == library}
    assert used <= parts


def test_the_engine_imports_nothing_else_of_the_package():
    names = {name for _, part, name in imports() if part == "engine"}
    assert {part_of(name) for name in names if name.startswith("openai_images")} <= {"engine"}


def test_importing_the_extension_loads_no_heavy_library():
    code = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); import extension; "
        "heavy = {'numpy', 'pandas', 'PIL', 'pyarrow', 'requests', 'urllib3'}; "
        "print(json.dumps(sorted(heavy & set(sys.modules))))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(SOURCE)], capture_output=True, text=True, check=True
    )
    assert json.loads(run.stdout) == []


def test_the_public_names_are_those_of_all():
    import openai_images

    for name in openai_images.__all__:
        assert getattr(openai_images, name).__module__.startswith("openai_images")
