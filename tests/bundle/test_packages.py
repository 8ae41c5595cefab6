"""The packages that the nodes import, those that pixi.toml and pyproject.toml name, and KNIME's."""

import ast
import re
import sys

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from .conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BASE = {"py4j", "pandas", "numpy", "pillow", "pyarrow", "markdown", "python-dateutil"}
"""What knime-python-base depends on, in the locked environments of KNIME's own template, 5.10."""

PACKAGE_OF = {"PIL": "pillow"}
"""Where an import is not called like the package that brings it."""

PYPI_NAME_OF = {"python-isal": "isal"}
"""Where conda-forge calls a package otherwise."""

ENVIRONMENTS = sorted(
    (ROOT / "tests/bundle/environments").glob("*.txt"), key=lambda path: path.stem
)


def read_toml(name):
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def pixi_packages():
    """PyPI's name and the range of each package that pixi.toml asks for, but KNIME's and Python."""
    dependencies = read_toml("pixi.toml")["dependencies"]
    return {
        PYPI_NAME_OF.get(name, name): versions
        for name, versions in dependencies.items()
        if name != "python" and not name.startswith("knime-")
    }


def ranges():
    """(file, package, range) of all that is asked for."""
    yield from (("pixi.toml", name, SpecifierSet(v)) for name, v in pixi_packages().items())
    for text in read_toml("pyproject.toml")["project"]["dependencies"]:
        requirement = Requirement(text)
        yield "pyproject.toml", requirement.name.lower(), requirement.specifier


def installed(environment):
    """Package and version of each line of an environment's file."""
    return dict(re.findall(r"^([\w-]+)==(\S+)$", environment.read_text().lower(), re.MULTILINE))


def imports(source):
    """(file, absolute name of the module) of every import below a folder, wherever it stands."""
    for path in sorted(source.rglob("*.py")):
        package = path.relative_to(source).with_suffix("").parts[:-1]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = package[: len(package) + 1 - node.level] if node.level else ()
                yield path, ".".join([*above, *filter(None, [node.module])])


def imported_packages(source):
    names = {module.partition(".")[0] for _, module in imports(source)}
    own = {path.stem for path in source.iterdir()}
    others = names - set(sys.stdlib_module_names) - own - {"knime"}
    return {PACKAGE_OF.get(name, name) for name in others}


def test_the_nodes_import_only_what_pixi_and_knime_bring(exported):
    assert imported_packages(exported / "src") - BASE == set(pixi_packages())


def test_the_plain_package_asks_for_what_it_imports(exported):
    asked = {package for file, package, _ in ranges() if file == "pyproject.toml"}
    assert imported_packages(exported / "src") == asked


def test_nothing_that_travels_imports_what_stays(exported):
    source = exported / "src"
    missing = [
        f"{path.relative_to(source)} imports {module}"
        for path, module in imports(source)
        if module.partition(".")[0] == "openai_images"
        and not (source / module.replace(".", "/")).is_dir()
        and not (source / (module.replace(".", "/") + ".py")).is_file()
    ]
    assert missing == []


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_every_range_holds_what_knime_ships(environment):
    versions = installed(environment)
    refused = [
        f"{file}: {package}{specifier} does not hold {versions[package]}"
        for file, package, specifier in ranges()
        if versions[package] not in specifier
    ]
    assert refused == []


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_an_environment_holds_knimes_base_and_what_pixi_adds(environment):
    assert set(pixi_packages()) | BASE <= set(installed(environment))
