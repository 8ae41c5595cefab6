"""Parameters of a Python node: how KNIME stores them in a node's ``model``, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knime_headless.knwf.config_xml import Config, Entry, array, entry

_INTERNAL = "_Internals"
_KIND = f"json-type{_INTERNAL}"
_VERSION = f"extension_version{_INTERNAL}"


def read_model(model: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters by name, groups nested.

    Raises:
        ValueError: a value is not of its type.
    """
    return {
        key: value.value if isinstance(value, Entry) else _read(value)
        for key, value in model.items()
        if not key.endswith(_INTERNAL)
    }


def _read(config: Mapping[str, Any]) -> Any:
    if "array-size" not in config:
        return read_model(config)
    null = config.get(f"null{_INTERNAL}")
    if null is not None and null.value:
        return None
    return [config[str(index)].value for index in range(config["array-size"].value)]


def saved_version(model: Mapping[str, Any]) -> str | None:
    """The version of the extension that the parameters were saved with; none before KNIME 4.7."""
    version = model.get(_VERSION)
    return version.value if version is not None else None


def write_model(parameters: Mapping[str, Any], schema: Mapping[str, Any], version: str) -> Config:
    """What KNIME stores for parameters of a schema as `Node.settings_schema` gives it."""
    return {
        **_members(parameters, schema),
        _KIND: entry("OBJECT"),
        _VERSION: entry(version),
    }


def _members(parameters: Mapping[str, Any], schema: Mapping[str, Any]) -> Config:
    leaves = schema["properties"]
    return {name: _write(value, leaves[name]) for name, value in parameters.items()}


def _write(value: Any, leaf: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        return {_KIND: entry("OBJECT"), **_members(value, leaf)}
    if isinstance(value, list) and value:
        return array(value)
    if isinstance(value, list) or leaf.get("type") == "array":
        return {
            _KIND: entry("STRING_ARRAY"),
            "array-size": entry(0),
            f"null{_INTERNAL}": entry(value is None),
        }
    return entry(float(value) if leaf.get("type") == "number" else value)
