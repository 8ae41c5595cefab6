"""YAML from files and the command line: plain data, and no more of it than a person writes."""

from __future__ import annotations

import math
import stat
from pathlib import Path
from typing import Any

import yaml

from knime_headless.errors import shown

MOST_BYTES = 1_000_000
_MOST_VALUES = 20_000
_DEEPEST = 40


class _Loader(yaml.SafeLoader):
    """Refuses a key given twice, which is silently lost otherwise; dates stay texts."""


def _mapping_without_repeats(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = key_node.value
        if not isinstance(key, str) or key in entries:
            what = f"{shown(key)} is given twice" if isinstance(key, str) else "a key is not a text"
            raise ValueError(f"Line {key_node.start_mark.line + 1}: {what}.")
        entries[key] = loader.construct_object(value_node, True)
    return entries


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping_without_repeats)
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(path: Path) -> Any:
    """The data in a file.

    Raises:
        ValueError: the file cannot be read, is too large, or holds what `parse_yaml` refuses.
    """
    try:
        # Opening a pipe would wait for its other end.
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError(f"{path} is not a file.")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > MOST_BYTES:
        raise ValueError(f"{path} is larger than {MOST_BYTES:,} bytes.")
    try:
        return parse_yaml(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path} is not UTF-8 in line {line}.") from None
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is not valid YAML: {error}") from None


def parse_yaml(text: str) -> Any:
    """Dictionaries with texts as keys, lists, texts, switches and numbers.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: it is nested too deeply, or too large once aliases are replaced by what they
            stand for; a number is not finite or has more than 64 bits; a text cannot be encoded.
    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {})
        data = loader.construct_document(node)
    except RecursionError:
        raise ValueError(f"It is nested more than {_DEEPEST} levels deep.") from None
    finally:
        loader.dispose()
    _check(data)
    return data


def _measure(node: yaml.Node, known: dict[int, tuple[int, int, int]]) -> tuple[int, int, int]:
    """Values, characters and levels of a node with all aliases replaced."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = (_MOST_VALUES + 1, 0, 0)  # met again inside itself, it has no end
    inner = node.value if isinstance(node, yaml.CollectionNode) else []
    parts = [n for pair in inner for n in pair] if isinstance(node, yaml.MappingNode) else inner
    measured = [_measure(part, known) for part in parts]
    values = 1 + sum(m[0] for m in measured)
    characters = sum(m[1] for m in measured) or len(node.value)
    levels = 1 + max((m[2] for m in measured), default=0)
    where = f"Line {node.start_mark.line + 1}"
    if values > _MOST_VALUES or characters > MOST_BYTES:
        raise ValueError(f"{where}: with its aliases replaced, this is too large.")
    if levels > _DEEPEST:
        raise ValueError(f"{where}: this is nested more than {_DEEPEST} levels deep.")
    known[id(node)] = (values, characters, levels)
    return known[id(node)]


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            _check(key)
            _check(inner)
    elif isinstance(value, list):
        for inner in value:
            _check(inner)
    elif isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{shown(value)} holds half a character.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a finite number.")
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ValueError("A whole number has more than 64 bits.")
    elif value is not None:
        raise ValueError(f"{shown(value)} is neither text, number, switch, list nor entries.")
