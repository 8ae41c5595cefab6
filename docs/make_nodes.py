"""Make the pages of the nodes, docs/nodes/*.md, from the nodes themselves.

    .venv/bin/python docs/make_nodes.py

nodes.yml beside this file holds what the nodes do not say: what is in each column, an example,
and mistakes, whose messages are asked of the node.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

import knime.extension as knext
from knime_headless import NodeFailed, load_extension

DOCS = Path(__file__).parent
_NOTE = "<!-- Made by docs/make_nodes.py: change the node or docs/nodes.yml, and run it. -->"
_ROOT = "#/properties/model/properties/"
_KINDS = {
    "string": "a text",
    "textArea": "a text of several lines",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "a switch",
    "stringFileChooser": "a file",
    "dropDown": "a column of the table",
}
_COLUMN_TYPES = {
    pa.int32(): "whole number",
    pa.int64(): "whole number",
    pa.float64(): "number",
    pa.bool_(): "true or false",
    pa.string(): "text",
    pa.list_(pa.string()): "list of texts",
    pa.binary(): "PNG image",
}


def pages() -> dict[Path, str]:
    """The text of each page, by its file."""
    extension = load_extension(DOCS.parent)
    told = yaml.safe_load((DOCS / "nodes.yml").read_text(encoding="utf-8"))
    nodes = {node_id: extension.nodes[node_id] for node_id in told["nodes"]}
    missing = extension.nodes.keys() - nodes.keys()
    if missing:
        raise ValueError(f"docs/nodes.yml has no entry for {', '.join(sorted(missing))}.")
    inputs = _inputs(nodes)
    return {
        DOCS / "nodes" / f"{node_id}.md": "\n\n".join(_Page(node, told, inputs).parts()) + "\n"
        for node_id, node in nodes.items()
    }


def _inputs(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """What stands before a node when its mistakes are tried, by the names of input ports."""
    return {
        "Configuration": nodes["openai_image_connector"].configure().specs[0],
        "Pictures": knext.Schema([knext.string(), knext.string()], ["Picture", "Note"]),
    }


class _Page:
    def __init__(self, node: Any, told: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        self._node = node
        self._told = told["nodes"][node.id]
        self._columns = told["columns"]
        self._inputs = inputs

    def parts(self) -> Iterator[str]:
        """The page from top to bottom."""
        yield f"# {self._node.name}"
        yield _NOTE
        yield inspect.cleandoc(self._node.documentation)
        yield from self._pictures(first=True)
        yield "## Ports"
        yield self._ports()
        yield "## Options"
        yield (
            "The word after *Setting* is the option's name in workflow files and flow variables."
        )
        for element in self._ui["elements"]:
            yield from self._element(element, "###", {})
        if self._told.get("tables"):
            yield "## Columns"
            yield from self._tables()
        yield "## Example"
        yield self._told["example"].strip()
        yield "## Errors"
        yield "Refused before anything is sent:"
        yield self._mistakes()
        yield (
            "What a service may answer, and what to do about each message, is in "
            "[When something goes wrong](../faults.md)."
        )
        yield from self._pictures(first=False)

    @cached_property
    def _ui(self) -> dict[str, Any]:
        ui: dict[str, Any] = self._dialog["ui_schema"]
        return ui

    @cached_property
    def _dialog(self) -> dict[str, Any]:
        dialog: dict[str, Any] = self._node.dialog(credentials={"a credential's name": ("", "")})
        return dialog

    def _leaf(self, tree: Mapping[str, Any], scope: str, *, below: str = "properties") -> Any:
        for name in scope.removeprefix("#/properties/model/").split("/"):
            if name != "properties":
                tree = tree[below][name] if below else tree[name]
        return tree

    def _described(self, scope: str) -> dict[str, Any]:
        """Title and description, in Markdown."""
        leaf: dict[str, Any] = self._leaf(self._node.settings_schema(), scope)
        return leaf

    def _choices(self, scope: str) -> dict[Any, str]:
        """Labels by what is stored."""
        leaf = self._leaf(self._dialog["schema"]["properties"]["model"], scope)
        return {choice["const"]: choice["title"] for choice in leaf.get("oneOf", [])}

    def _pictures(self, *, first: bool) -> Iterator[str]:
        """The dialog as it opens, or in its other states, as far as they were drawn."""
        folder = DOCS / "images" / "dialogs"
        opened = folder / f"{self._node.id}-{self._told['opens_as']}.png"
        drawn = sorted(folder.glob(f"{self._node.id}-*.png"))
        pictures = [picture for picture in drawn if (picture == opened) == first]
        if pictures and not first:
            yield "## The dialog in its other states"
        for picture in pictures:
            state = picture.stem.removeprefix(f"{self._node.id}-").replace("_", " ")
            if not first:
                yield f"{state.capitalize()}:"
            yield f"![The dialog of {self._node.name}: {state}](../images/dialogs/{picture.name})"

    def _ports(self) -> str:
        rows = [("in", port) for port in self._node.inputs]
        rows += [("out", port) for port in self._node.outputs]
        if self._node.view:
            rows.append(("view", self._node.view))
        return _table(
            ["", "port", "what"], [[side, f"**{p.name}**", p.description] for side, p in rows]
        )

    def _element(
        self, element: Mapping[str, Any], level: str, outer: Mapping[str, Any]
    ) -> Iterator[str]:
        shown = {
            "rule": element.get("rule", outer.get("rule")),
            "isAdvanced": element["options"].get("isAdvanced", outer.get("isAdvanced")),
        }
        if element["type"] == "Section":
            yield f"{level} {element['label']}"
            about = _sentence([_shown(self._when(shown), shown["isAdvanced"])])
            inside = element["elements"][0]["elements"]
            group = inside[0]["scope"].removeprefix(_ROOT).partition("/")[0]
            told = inspect.cleandoc(getattr(self._node.new_instance(), group).__doc__)
            yield f"{told} {about}".strip()
            for inner in inside:
                yield from self._element(inner, f"{level}#", {})
            return
        name = element["scope"].rpartition("/")[2]
        switched = [e["scope"].rpartition("/")[2] for e in self._ui["elements"] if "scope" in e]
        if name.startswith("set_") and name.removeprefix("set_") in switched:
            return  # told with the option that it switches
        yield f"{level} {element['label']}"
        yield self._about(element, shown, f"set_{name}" if f"set_{name}" in switched else None)
        yield self._description(element["scope"])

    def _about(
        self, element: Mapping[str, Any], shown: Mapping[str, Any], switch: str | None
    ) -> str:
        name = element["scope"].removeprefix(_ROOT)
        name = name.replace("/properties/", ".")
        kind = f"*Setting* `{name}`: {self._kind(element)}"
        default = self._leaf(self._dialog["data"]["model"], element["scope"], below="")
        where = None if switch else self._when(shown)
        if switch:
            label = self._described(f"{_ROOT}{switch}")["title"]
            where = f"Sent only while *{label}* (`{switch}`, off at first) is on"
        return _sentence(
            [f"{kind}; {self._default(element, default)}", _shown(where, shown["isAdvanced"])]
        )

    def _kind(self, element: Mapping[str, Any]) -> str:
        choices = self._choices(element["scope"])
        if choices and element["options"]["format"] != "dropDown":
            is_told = "**Available options:**" in self._described(element["scope"])["description"]
            return "a choice" if is_told else f"one of {', '.join(f'`{c}`' for c in choices)}"
        limits = element["options"].get("validation", {})
        bounds = {
            side: limits[side]["parameters"][side] for side in ("min", "max") if limits.get(side)
        }
        words = {(True, True): " from {min:g} to {max:g}", (True, False): ", {min:g} or more"}
        text = words.get(("min" in bounds, "max" in bounds), "").format(**bounds)
        return _KINDS[element["options"]["format"]] + text

    def _default(self, element: Mapping[str, Any], value: Any) -> str:
        if value in ("", None):
            return "empty at first"
        if isinstance(value, bool):
            return f"{'on' if value else 'off'} at first"
        label = self._choices(element["scope"]).get(value)
        if label in (None, value):
            return f"`{value:g}` at first" if isinstance(value, float) else f"`{value}` at first"
        return f"{label} at first"

    def _when(self, shown: Mapping[str, Any]) -> str | None:
        rule = shown["rule"]
        return f"Shown where {self._condition(rule['condition'])}" if rule else None

    def _condition(self, condition: Mapping[str, Any]) -> str:
        if condition.get("scope") == "#":  # decided when the dialog opens
            return "nothing is connected to the optional port"
        if "conditions" not in condition:
            label = self._described(condition["scope"])["title"]
            values = [choice["const"] for choice in condition["schema"]["oneOf"]]
            if values == [True]:
                return f"*{label}* is on"
            choices = self._choices(condition["scope"])
            others = [text for value, text in choices.items() if value not in values]
            if len(others) == 1:
                return f"*{label}* is not {others[0]}"
            return f"*{label}* is {_one_of([choices[value] for value in values])}"
        parts = [self._condition(part) for part in condition["conditions"]]
        return " and ".join(parts) if condition["type"] == "AND" else f"({', or '.join(parts)})"

    def _description(self, scope: str) -> str:
        described = self._described(scope)
        before, _, options = described.get("description", "").partition("**Available options:**")
        stored = {label: const for const, label in self._choices(scope).items()}
        lines = [before.strip()]
        for line in options.strip().splitlines():
            label, _, text = line.removeprefix("- ").partition(": ")
            lines.append(f"- **{label}** (`{stored[label]}`): {text}")
        return "\n".join([lines[0], *([""] if lines[1:] else []), *lines[1:]])

    def _tables(self) -> Iterator[str]:
        from openai_images.tables import FAILURES, SCHEMAS

        schemas = {kind.name: schema for kind, schema in SCHEMAS.items()} | {"FAILURES": FAILURES}
        for name, title in self._told["tables"].items():
            told = self._columns[name]
            yield f"### {title}"
            yield _table(
                ["column", "kind", "what"],
                [[f"**{f.name}**", _COLUMN_TYPES[f.type], told[f.name]] for f in schemas[name]],
            )

    def _mistakes(self) -> str:
        rows = []
        for mistake in self._told["mistakes"]:
            inputs = [self._inputs.get(port.name) for port in self._node.inputs]
            credentials = {"images": ("", "a-key-of-the-service")} if "key" in mistake else {}
            try:
                self._node.configure(mistake["settings"], inputs, credentials=credentials)
            except NodeFailed as error:
                message = str(error).removeprefix(f"{self._node.name}: ")
                rows.append([mistake["what"], message])
            else:
                raise ValueError(f"{self._node.name} does not refuse {mistake['what']}.")
        return _table(["what was set", "message"], rows)


def _shown(where: str | None, is_advanced: bool | None) -> str | None:
    if not is_advanced:
        return where
    return f"{where}, among the advanced settings" if where else "Among the advanced settings"


def _sentence(parts: list[str | None]) -> str:
    return " ".join(f"{part}." for part in parts if part)


def _one_of(labels: list[str]) -> str:
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} or {labels[-1]}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    cells = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(" ".join(cell.replace("|", r"\|").split()) for cell in row) + " |"
        for row in cells
    )


def main() -> None:
    """Write all pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
