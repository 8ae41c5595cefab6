"""Flow variables in KNIME's files: those of a workflow, and the settings that they control.

The classes and their values are those of KNIME's ``VariableType``. A tree of settings holds for
each leaf the variable that it takes (``used_variable``) and the one that it becomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knime_headless.errors import WorkflowError
from knime_headless.knwf.config_xml import Config, Entry, entry
from knime_headless.workflow.description import Step


def read_variables(config: Config) -> dict[str, Any]:
    """The workflow's own variables.

    Raises:
        KeyError, ValueError: they are not complete.
    """
    return {
        str(v["name"].text): _value_of(str(v["class"].text), v["value"]) for v in config.values()
    }


def _value_of(kind: str, value: Any) -> Any:
    if not isinstance(value, Entry):
        return [value[str(i)].value for i in range(value["array-size"].value)]
    text = str(value.text or "")
    if kind == "BOOLEAN":
        return text == "true"
    if kind in ("INTEGER", "LONG"):
        return int(text)
    return float(text) if kind == "DOUBLE" else text


def written_variable(name: str, value: Any) -> Config:
    """A workflow variable; its class is what KNIME's ``VariableType.getIdentifier`` gives.

    Raises:
        WorkflowError: a list has values of several kinds.
    """
    items = value if isinstance(value, list) else [value]
    kind = _kind_of(name, items)
    if kind == "DOUBLE":
        items = [float(item) for item in items]
    entries = [Entry("xlong", str(i)) if kind == "LONG" else entry(i) for i in items]
    if not isinstance(value, list):
        return {"name": entry(name), "class": entry(kind), "value": entries[0]}
    stored = {"array-size": entry(len(items)), **{str(n): e for n, e in enumerate(entries)}}
    name_of_list = {"INTEGER": "INT"}.get(kind, kind) + "ARRAY"
    return {"name": entry(name), "class": entry(name_of_list), "value": stored}


def _kind_of(name: str, items: Sequence[Any]) -> str:
    """The kind that holds all of them; an empty list is one of texts."""
    kinds = {type(item) for item in items} or {str}
    if kinds == {int}:
        return "INTEGER" if all(-(2**31) <= i < 2**31 for i in items) else "LONG"
    if kinds == {int, float}:
        return "DOUBLE"
    if len(kinds) > 1:
        raise WorkflowError(f"flow_variables.{name}: a list for KNIME has values of one kind.")
    return {bool: "BOOLEAN", float: "DOUBLE", str: "STRING"}[kinds.pop()]


def read_control(settings: Config, key: str) -> list[tuple[tuple[str, ...], str]]:
    """Paths of parameters, and the flow variables that control them or that they become."""
    variables = settings.get("variables", {})
    tree = variables.get("tree", {} if "version" in variables else variables)
    found: list[tuple[tuple[str, ...], str]] = []

    def walk(config: Config, path: tuple[str, ...]) -> None:
        for name, inner in config.items():
            if isinstance(inner, Entry):
                continue
            leaf = inner.get(key)
            if "used_variable" in inner and isinstance(inner["used_variable"], Entry):
                if isinstance(leaf, Entry) and leaf.text and not name.endswith("_Internals"):
                    found.append(((*path, name), leaf.text))
            else:
                walk(inner, (*path, name))

    walk(tree, ())
    return found


def written_control(step: Step) -> Config:
    """The tree of settings that flow variables control, or that become flow variables."""
    tree: Config = {}

    def leaf(path: tuple[str, ...]) -> Config:
        inner = tree
        for name in path:
            inner = inner.setdefault(name, {})
        return inner

    def walk(settings: Mapping[str, Any], path: tuple[str, ...]) -> None:
        for name, value in settings.items():
            if isinstance(value, Mapping) and set(value) == {"flow_variable"}:
                used = entry(value["flow_variable"])
                leaf((*path, name)).update(used_variable=used, exposed_variable=entry(None))
            elif isinstance(value, Mapping):
                walk(value, (*path, name))

    walk(step.settings, ())
    for path, variable in step.expose.items():
        found = leaf(tuple(path.split(".")))
        found |= {"used_variable": entry(None), **found, "exposed_variable": entry(variable)}
    return {"version": entry("V_2019_09_13"), "tree": tree} if tree else {}
