"""An extension folder as KNIME would load it."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knime_headless import backend
from knime_headless.errors import ExtensionError, shown
from knime_headless.node import Node
from knime_headless.yaml_text import read_yaml

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_GROUP_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Extension:
    """A loaded extension.

    Attributes:
        path: the folder with knime.yml.
        id: ``group_id.name``.
        version, group_id, name, vendor, description: as in knime.yml.
        nodes: by node id, in the order of declaration.
        categories: as declared, each a dictionary.
    """

    path: Path
    id: str
    version: str
    group_id: str
    name: str
    vendor: str
    description: str
    nodes: Mapping[str, Node] = field(repr=False)
    categories: tuple[Mapping[str, Any], ...] = field(repr=False)


_loaded: dict[Path, Extension] = {}


def load_extension(path: Path | str) -> Extension:
    """Load an extension by its folder or its knime.yml; a second time gives the same object.

    Its source folder goes to the front of the module search path, as in KNIME, and stays there.

    Raises:
        ExtensionError: says which file or entry is wrong.
    """
    folder = Path(path).resolve()
    if folder.name == "knime.yml":
        folder = folder.parent
    if folder not in _loaded:
        _loaded[folder] = _load(folder)
    return _loaded[folder]


def _load(folder: Path) -> Extension:
    manifest = _read_manifest(folder)
    module_path = (folder / manifest["extension_module"]).with_suffix(".py")
    if not module_path.is_file():
        raise ExtensionError(f"extension_module in knime.yml: there is no file {module_path}.")
    source = module_path.parent
    _check_module_names(source)
    extension_id = f"{manifest['group_id']}.{manifest['name']}"
    _import(module_path, extension_id, manifest["version"])
    nodes = {
        node_id: Node(declaration, manifest["version"])
        for node_id, declaration in backend.declared_nodes().items()
        if _comes_from(declaration, source)
    }
    paths = {node.category for node in nodes.values()}
    categories = tuple(
        c
        for c in backend.declared_categories()
        if f"{c['path'].rstrip('/')}/{c['level_id']}" in paths
    )
    _check_icons(folder, nodes, categories)
    _check_descriptions(nodes)
    return Extension(
        folder,
        extension_id,
        manifest["version"],
        manifest["group_id"],
        manifest["name"],
        str(manifest.get("vendor", "")),
        str(manifest.get("description", "")),
        nodes,
        categories,
    )


def _read_manifest(folder: Path) -> dict[str, str]:
    path = folder / "knime.yml"
    if not path.is_file():
        raise ExtensionError(f"There is no knime.yml in {folder}.")
    try:
        manifest = read_yaml(path)
    except ValueError as error:
        raise ExtensionError(str(error)) from None
    if not isinstance(manifest, dict):
        raise ExtensionError(f"{path} holds no entries.")
    forms = {"name": _NAME, "group_id": _GROUP_ID, "version": _VERSION}
    for key in (*forms, "extension_module"):
        value = manifest.get(key)
        if not isinstance(value, str):
            raise ExtensionError(f"{path} needs the entry {key}, a text.")
        if key in forms and not forms[key].fullmatch(value):
            wanted = "x.y.z" if key == "version" else "letters, digits, _ and -"
            raise ExtensionError(
                f"{key} in {path} is {shown(value)}; it must be of the form {wanted}."
            )
    license_file = manifest.get("license_file")
    if license_file is not None and not (folder / license_file).is_file():
        raise ExtensionError(f"license_file in {path}: there is no file {license_file}.")
    return manifest


def _check_module_names(source: Path) -> None:
    """The source folder comes before the standard library, so it must not hide parts of it."""
    for entry in source.iterdir():
        if entry.stem in sys.stdlib_module_names and (entry.suffix == ".py" or entry.is_dir()):
            raise ExtensionError(f"{entry} would hide Python's own module {entry.stem}; rename it.")


def _import(module_path: Path, extension_id: str, version: str) -> None:
    source = str(module_path.parent)
    while source in sys.path:
        sys.path.remove(source)
    sys.path.insert(0, source)
    known = sys.modules.get(module_path.stem)
    if known is not None and getattr(known, "__file__", None) != str(module_path):
        del sys.modules[module_path.stem]
    backend.begin_extension(extension_id, version)
    try:
        importlib.import_module(module_path.stem)
    except Exception as error:  # an extension may raise anything while it is imported
        raise ExtensionError(
            f"{module_path} cannot be imported: {type(error).__name__}: {error}"
        ) from error


def _comes_from(declaration: Any, source: Path) -> bool:
    module = sys.modules.get(type(declaration.node_factory()).__module__)
    file = getattr(module, "__file__", None)
    return file is not None and source in Path(file).resolve().parents


def _check_icons(
    folder: Path, nodes: Mapping[str, Node], categories: tuple[Mapping[str, Any], ...]
) -> None:
    icons = {f"node {node.id}": node.icon for node in nodes.values()}
    icons |= {f"category {c['level_id']}": c["icon"] for c in categories}
    for owner, icon in icons.items():
        path = folder / icon
        if not path.is_file():
            raise ExtensionError(f"The icon of {owner} is missing: there is no file {path}.")
        if not path.read_bytes().startswith(_PNG):
            raise ExtensionError(f"The icon of {owner} is not a PNG: {path}.")


def _check_descriptions(nodes: Mapping[str, Node]) -> None:
    """KNIME puts these texts into XML unescaped; a stray mark keeps the extension from loading."""
    for node in nodes.values():
        first_line = node.documentation.strip().split("\n", 1)[0]
        texts = {"first line of the docstring": first_line}
        if node.view:
            texts["description of the view"] = node.view.description
        for what, text in texts.items():
            if "&" in text or "<" in text:
                raise ExtensionError(f"The {what} of node {node.id} must not hold & or <: {text}")
