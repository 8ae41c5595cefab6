"""The workflow file: what may stand in it, read into a description."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from knime_headless.errors import WorkflowError, shown
from knime_headless.workflow.description import (
    CredentialSource,
    Description,
    ImageFiles,
    OutputFiles,
    Step,
    check_flow_variable,
)
from knime_headless.yaml_text import read_yaml

TABLE_FORMATS = (".parquet", ".csv", ".json")
COLUMN_TYPES = ("image", "json", "string", "int32", "int64", "double", "bool", "list")
_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NODE_ENTRIES = ("node", "settings", "inputs", "variables_from", "expose", "outputs", "view")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_description(path: Path) -> Description:
    """Read a workflow file and check its form, without loading any extension.

    Raises:
        WorkflowError: names the entry that is wrong and what it should be.
    """
    try:
        data = read_yaml(path)
    except ValueError as error:
        raise WorkflowError(str(error)) from None
    return description_of(data, path.resolve().parent)


def description_of(data: Any, folder: Path) -> Description:
    """The same for the data of a file in a folder."""
    return _Reader(folder).description(data)


class _Reader:
    """Takes the parsed YAML apart; ``where`` is always the path of the entry in the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def description(self, data: Any) -> Description:
        top = self._mapping(data, "The file")
        optional = ("extensions", "extension", "credentials", "flow_variables", "data_area")
        self._known(top, "The file", ("nodes", *optional))
        if ("extension" in top) == ("extensions" in top):
            raise WorkflowError("Give either extension or extensions.")
        paths = top.get("extensions", [top.get("extension")])
        nodes = self._mapping(top.get("nodes"), "nodes")
        if not nodes:
            raise WorkflowError("nodes: there is no node to run.")
        return Description(
            self._folder,
            tuple(self._path(p, f"extensions[{i}]") for i, p in self._list(paths, "extensions")),
            {
                name: self._credential(entry, f"credentials.{name}")
                for name, entry in self._mapping(top.get("credentials", {}), "credentials").items()
            },
            self._flow_variables(top.get("flow_variables", {})),
            self._path(top.get("data_area", "data"), "data_area"),
            {alias: self._step(alias, entry) for alias, entry in nodes.items()},
        )

    def _credential(self, entry: Any, where: str) -> CredentialSource:
        given = dict(self._mapping(entry, where))
        self._known(given, where, ("user", "login", "password"))
        login = self._text(given.pop("login", " "), f"{where}.login").strip()
        if "password" not in given:
            raise WorkflowError(f"{where} needs password: the name of an environment variable.")
        for key, value in given.items():
            self._variable(value, f"{where}.{key}")
        return CredentialSource(given["password"], given.get("user"), login)

    def _token(self, alias: str, given: Mapping[str, Any], where: str) -> Step:
        self._known(given, where, ("credential", "schema"))
        return Step(
            alias,
            None,
            token=self._variable(given["credential"], f"{where}.credential"),
            schema=self._text(given.get("schema", Step.schema), f"{where}.schema"),
        )

    @staticmethod
    def _variable(value: Any, where: str) -> str:
        if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
            raise WorkflowError(
                f"{where} is the name of an environment variable, never the value itself."
            )
        return value

    def _flow_variables(self, entry: Any) -> Mapping[str, Any]:
        given = self._mapping(entry, "flow_variables")
        for name, value in given.items():
            check_flow_variable(f"flow_variables.{name}", value)
        return given

    def _step(self, alias: str, entry: Any) -> Step:
        where = f"nodes.{alias}"
        if not _ALIAS.fullmatch(alias):
            raise WorkflowError(f"{where}: an alias is made of letters, digits, _ and -.")
        given = self._mapping(entry, where)
        kinds = [kind for kind in ("node", "table", "credential") if kind in given]
        if len(kinds) != 1:
            raise WorkflowError(
                f"{where} needs either node (a node id), table (a file) or credential (the name of "
                "an environment variable)."
            )
        if "table" in given:
            return self._table(alias, given, where)
        if "credential" in given:
            return self._token(alias, given, where)
        self._known(given, where, _NODE_ENTRIES)
        view = given.get("view")
        return Step(
            alias,
            self._text(given["node"], f"{where}.node"),
            settings=self._settings(given.get("settings", {}), f"{where}.settings"),
            inputs=self._inputs(given.get("inputs", {}), f"{where}.inputs"),
            variables_from=tuple(
                self._text(alias, f"{where}.variables_from")
                for _, alias in self._list(given.get("variables_from", []), where)
            ),
            expose={
                path: self._text(name, f"{where}.expose.{path}")
                for path, name in self._mapping(given.get("expose"), f"{where}.expose").items()
            },
            outputs=self._outputs(given.get("outputs", {}), f"{where}.outputs"),
            view=None if view is None else self._file(view, f"{where}.view", (".html",)),
        )

    def _settings(self, entry: Any, where: str) -> dict[str, Any]:
        given = self._mapping(entry, where)
        for name, value in given.items():
            if isinstance(value, dict) and set(value) == {"flow_variable"}:
                self._text(value["flow_variable"], f"{where}.{name}.flow_variable")
            elif isinstance(value, dict):
                self._settings(value, f"{where}.{name}")
        return given

    def _table(self, alias: str, given: Mapping[str, Any], where: str) -> Step:
        self._known(given, where, ("table", "types", "image_folders", "outputs"))
        types = self._mapping(given.get("types", {}), f"{where}.types")
        for column, kind in types.items():
            if kind not in COLUMN_TYPES:
                allowed = ", ".join(COLUMN_TYPES)
                raise WorkflowError(
                    f"{where}.types.{column} is {shown(kind)}, not one of {allowed}."
                )
        return Step(
            alias,
            None,
            table=None
            if isinstance(given["table"], list)
            else self._file(given["table"], f"{where}.table", TABLE_FORMATS),
            rows=self._rows(given["table"], f"{where}.table"),
            types=types,
            image_folders=(
                self._folder,
                *(
                    self._path(folder, f"{where}.image_folders")
                    for _, folder in self._list(given.get("image_folders", []), where)
                ),
            ),
            outputs=self._outputs(given.get("outputs", {}), f"{where}.outputs"),
        )

    def _rows(self, entry: Any, where: str) -> tuple[Mapping[str, Any], ...]:
        rows = entry if isinstance(entry, list) else []
        return tuple(self._mapping(row, f"{where}[{number}]") for number, row in enumerate(rows))

    def _inputs(self, entry: Any, where: str) -> Mapping[str, str]:
        if isinstance(entry, list):
            entry = {str(i): source for i, source in enumerate(entry, 1)}
        given = self._mapping(entry, where)
        return {port: self._text(source, f"{where}.{port}") for port, source in given.items()}

    def _outputs(self, entry: Any, where: str) -> Mapping[str, OutputFiles]:
        given = self._mapping(entry, where)
        return {port: self._output(value, f"{where}.{port}") for port, value in given.items()}

    def _output(self, entry: Any, where: str) -> OutputFiles:
        if isinstance(entry, str):
            entry = {"file": entry}
        given = self._mapping(entry, where)
        self._known(given, where, ("file", "images", "print", "quote_formulas"))
        files = given.get("file", [])
        return OutputFiles(
            tuple(
                self._file(file, f"{where}.file", TABLE_FORMATS)
                for _, file in self._list(files if isinstance(files, list) else [files], where)
            ),
            self._images(given["images"], f"{where}.images") if "images" in given else None,
            self._switch(given.get("print", False), f"{where}.print"),
            self._switch(given.get("quote_formulas", True), f"{where}.quote_formulas"),
        )

    def _images(self, entry: Any, where: str) -> ImageFiles:
        given = self._mapping(entry, where)
        self._known(given, where, ("column", "path"))
        path = self._text(given.get("path"), f"{where}.path")
        fields = set(re.findall(r"{(.*?)}", path))
        if not fields or not fields <= {"row", "row_id"} or not path.endswith(".png"):
            raise WorkflowError(
                f"{where}.path is a path that ends in .png and holds {{row}} (1, 2, 3) or "
                f"{{row_id}}, not {shown(path)}."
            )
        column = self._text(given.get("column"), f"{where}.column")
        return ImageFiles(column, str(self._path(path, f"{where}.path")))

    def _file(self, value: Any, where: str, suffixes: tuple[str, ...]) -> Path:
        path = self._path(value, where)
        if path.suffix.lower() not in suffixes:
            raise WorkflowError(
                f"{where} ends in {' or '.join(suffixes)}, not {shown(path.suffix)}."
            )
        return path

    def _path(self, value: Any, where: str) -> Path:
        text = self._text(value, where)
        try:
            return (self._folder / Path(text).expanduser()).resolve()
        except (OSError, RuntimeError, ValueError) as error:
            raise WorkflowError(f"{where}: {shown(text)} is no path: {error}.") from None

    @staticmethod
    def _switch(value: Any, where: str) -> bool:
        if not isinstance(value, bool):
            raise WorkflowError(f"{where} is true or false, not {shown(value)}.")
        return value

    @staticmethod
    def _text(value: Any, where: str) -> str:
        if not isinstance(value, str) or not value or "\0" in value:
            raise WorkflowError(f"{where} is a text, not {shown(value)}.")
        return value

    @staticmethod
    def _list(value: Any, where: str) -> Iterator[tuple[int, Any]]:
        if not isinstance(value, list):
            raise WorkflowError(f"{where} is a list, not {shown(value)}.")
        return enumerate(value)

    @staticmethod
    def _mapping(value: Any, where: str) -> dict[str, Any]:
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise WorkflowError(f"{where} holds entries with names, not {shown(value)}.")
        return value

    @staticmethod
    def _known(given: Mapping[str, Any], where: str, allowed: tuple[str, ...]) -> None:
        for key in given:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(allowed)}."
                raise WorkflowError(f"{where} has no entry {shown(key)}; {hint}")
