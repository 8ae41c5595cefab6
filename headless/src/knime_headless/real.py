"""The runner on KNIME's own ``knime.extension``: what KNIME's Java side would otherwise do.

Only imported where that package is installed. It is reached by name, since type checkers see the
own implementation in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from knime_headless.table_files import ArrowFile, ArrowWriter, Workspace

_PNG = "org.knime.core.data.image.png.PNGImageValueFactory"
_JSON = "org.knime.core.data.json.JSONValueFactory"
_LENGTH_BYTES = 4
_SIMPLE: dict[str, Any] = {"type": "simple", "traits": {}}
_TIMES: dict[str, tuple[str, str, str | list[str]]] = {
    "LocalDateValueFactory": ("Local Date", "datetime.date", "long"),
    "LocalTimeValueFactory": ("Local Time", "datetime.time", "long"),
    "LocalDateTimeValueFactory": ("Local Date Time", "datetime.datetime", ["long", "long"]),
    "DurationValueFactory": ("Duration", "datetime.timedelta", ["long", "int"]),
    "ZonedDateTimeValueFactory2": (
        "Zoned Date Time",
        "datetime.datetime",
        ["long", "long", "int", "string"],
    ),
}


class _PortTypes:
    """Stands for the backend that port types are registered with."""

    def __init__(self, extension_id: str) -> None:
        self._extension_id = extension_id
        self._by_id: dict[str, Any] = {}

    def register_port_type(
        self, name: str, object_class: type, spec_class: type, id: str | None = None
    ) -> Any:
        id = id or f"{self._extension_id}.{object_class.__module__}.{object_class.__qualname__}"
        for known in self._by_id.values():
            if known.id == id or object_class is known.object_class:
                raise ValueError(f"There already is a port type like {name} ({id}).")
        port_type = import_module("knime.extension.nodes").PortType
        self._by_id[id] = port_type(id, name, object_class, spec_class)
        return self._by_id[id]


def begin_extension(extension_id: str) -> None:
    """Get ready to import an extension's module."""
    nodes: Any = import_module("knime.extension.nodes")
    nodes._backend = _PortTypes(extension_id)
    _register_value_types()


@cache
def _register_value_types() -> None:
    """Make images and JSON known, as KNIME's bundles do when they start Python."""
    register = import_module("knime.api.types").register_python_value_factory
    struct = '{"type": "struct", "inner_types": ["string", "variable_width_binary"]}'
    for class_name in ("PIL.Image.Image", "PIL.PngImagePlugin.PngImageFile"):
        register(
            "knime.types.builtin",
            "PNGImageValueFactory",
            "PNG Image",
            struct,
            _traits("struct", _PNG, inner=[_SIMPLE] * 2),
            class_name,
            class_name == "PIL.Image.Image",
        )
    for factory, (shown, python_type, spec) in _TIMES.items():
        kind = "simple" if isinstance(spec, str) else "struct"
        register(
            "knime.types.builtin",
            factory,
            shown,
            json.dumps(spec if kind == "simple" else {"type": kind, "inner_types": spec}),
            _traits(kind, f"org.knime.core.data.v2.time.{factory}", inner=[_SIMPLE] * len(spec)),
            python_type,
        )
    register(
        "knime_headless.real_json",
        "JsonValueFactory",
        "JSON",
        '"string"',
        _traits("simple", _JSON),
        "builtins.dict",
    )


def _traits(kind: str, class_name: str, **more: Any) -> str:
    logical_type = json.dumps({"value_factory_class": class_name}, separators=(",", ":"))
    return json.dumps({"type": kind, "traits": {"logical_type": logical_type}, **more})


class _FileStores:
    """Where the images of tables are kept: files beside the tables, their paths as keys."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def create_file_store(self) -> tuple[str, str]:
        path = str(self._workspace.new_path("value"))
        return path, path

    def file_store_key_to_absolute_path(self, key: str) -> str:
        return key


@contextmanager
def table_session(workspace: Workspace) -> Iterator[None]:
    """Let tables be made and read; their files go to the workspace."""
    table: Any = import_module("knime.api.table")
    outer = table._backend
    table._backend = import_module("knime._arrow._table")._ArrowBackend(workspace.new_writer)
    table._backend.file_store_handler = _FileStores(workspace)
    try:
        yield
    finally:
        table._backend = outer


def input_table(file: ArrowFile) -> Any:
    """The table a node sees for a table file."""
    return import_module("knime._arrow._table").ArrowSourceTable(file)


def written_table(table: Any, workspace: Workspace) -> ArrowWriter | None:
    """The file of a table that a node gave out; ``None`` if it gave something else."""
    arrow: Any = import_module("knime._arrow._table")
    if isinstance(table, arrow.ArrowBatchOutputTable):
        writer: ArrowWriter = table._sink
        return writer
    if isinstance(table, arrow.ArrowTable):
        writer = workspace.new_writer()
        table._write_to_sink(writer)
        return writer
    return None


def png_bytes(storage: dict[str, Any] | None) -> bytes | None:
    """The PNG file of an image cell, from how the cell is stored."""
    if storage is None:
        return None
    data: bytes = Path(storage["0"]).read_bytes() if storage["0"] else storage["1"]
    return data[_LENGTH_BYTES:]
