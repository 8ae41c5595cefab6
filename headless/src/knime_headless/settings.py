"""Settings given by name, completed with defaults and checked against the node's schema."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from knime_headless import backend
from knime_headless.errors import SettingsError, shown

_KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a text"),
    "integer": (int, "a whole number"),
    "number": ((int, float), "a number"),
    "boolean": (bool, "true or false"),
    "array": (list, "a list"),
}


def complete(instance: Any, given: Mapping[str, Any], version: str) -> dict[str, Any]:
    """The node's default settings with the given ones in their place.

    Args:
        instance: a fresh node.
        given: values by the names of the parameters, groups as mappings.
        version: of the extension.

    Raises:
        SettingsError: a name is unknown or a value of the wrong kind.
    """
    defaults = backend.extract_parameters(instance)
    schema = backend.extract_schema(instance, version)
    model = _merge(defaults["model"], given, schema["properties"]["model"], "")
    return {"model": model}


def _merge(
    defaults: dict[str, Any], given: Mapping[str, Any], schema: dict[str, Any], prefix: str
) -> dict[str, Any]:
    merged = dict(defaults)
    for name, value in given.items():
        known = schema["properties"]
        if name not in known:
            raise SettingsError(f"There is no option {prefix}{name}.{_hint(name, list(known))}")
        leaf = known[name]
        if _is_group(leaf):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{prefix}{name} is a group of options, not {shown(value)}.")
            merged[name] = _merge(defaults[name], value, leaf, f"{prefix}{name}.")
        else:
            _check_kind(f"{prefix}{name}", value, leaf)
            merged[name] = value
    return merged


def _is_group(schema: dict[str, Any]) -> bool:
    return schema.get("type") == "object" and "title" not in schema


def _check_kind(name: str, value: Any, schema: dict[str, Any]) -> None:
    kind = schema.get("type", "string")
    if kind not in _KINDS:
        return
    expected, words = _KINDS[kind]
    is_stray_bool = isinstance(value, bool) and kind != "boolean"
    if is_stray_bool or not isinstance(value, expected):
        raise SettingsError(f"{name} is {words}, not {shown(value)}.")


def _hint(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f" Did you mean {close[0]}?"
    return f" The options are: {', '.join(known)}." if known else " The node has no options."
