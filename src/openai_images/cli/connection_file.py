"""A connection in a TOML file: the keys of `Connection`, each checked for its kind."""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from ..connection import Connection
from ..errors import InvalidConnection
from ..options import parse_headers
from ..text import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["read_connection"]

_MAX_BYTES = 1_000_000
_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def read_connection(path: Path) -> dict[str, Any]:
    """The values that a file gives, for `Connection.from_dict`.

    Raises:
        InvalidConnection: it cannot be read, is not TOML, or has a key that no connection has or
            a value of another kind. Values are never quoted: one may be a key by mistake.
    """
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InvalidConnection(f"{shown} cannot be read: {error.strerror}.") from None
    if len(content) > _MAX_BYTES:
        raise InvalidConnection(f"{shown} has over {_MAX_BYTES:,} bytes: it is no connection.")
    try:
        values = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:
        place = str(error).rpartition("(")[2].rstrip(")") if "(at " in str(error) else ""
        where = f", {place}" if place else ""
        raise InvalidConnection(f"{shown} is not a TOML file in UTF-8{where}.") from None
    return _checked(Connection, values, shown, "")


def _checked(kind: type, values: Mapping[str, Any], shown: str, above: str) -> dict[str, Any]:
    """The values of a table that stands for the dataclass `kind`."""
    kinds = typing.get_type_hints(kind)
    # What the connector finds out by itself.
    kinds.pop("models", None)
    checked = {}
    for key, value in values.items():
        name = f"{above}{printable(key)}"
        if key not in kinds:
            known = ", ".join(sorted(kinds))
            raise InvalidConnection(f'{shown} has "{name[:80]}"; known there are: {known}.')
        checked[key] = _value(kinds[key], value, shown, name)
    return checked


def _value(kind: Any, value: Any, shown: str, name: str) -> Any:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        if not isinstance(value, dict):
            raise InvalidConnection(f"{shown}: {name} is a table: write [{name}] over its keys.")
        return _checked(kind, value, shown, f"{name}.")
    if name == "headers":
        return _headers(value, shown)
    kinds = typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)
    wanted = next(one for one in kinds if one is not types.NoneType)
    if issubclass(wanted, Enum):
        choices = [member.value for member in wanted]
        if value not in choices:
            raise InvalidConnection(f"{shown}: {name} is none of {', '.join(choices)}.")
        return value
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        raise InvalidConnection(f"{shown}: {name} is not {_NAMES[wanted]}.")
    return value


def _headers(value: Any, shown: str) -> tuple[tuple[str, str], ...]:
    """A table of names and texts."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise InvalidConnection(f'{shown}: headers is a table: write [headers] over Name = "text".')
    return parse_headers("\n".join(f"{name}: {text}" for name, text in value.items()))
