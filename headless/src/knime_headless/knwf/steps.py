"""The Python nodes of a KNIME workflow as entries of a YAML workflow file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from knime_headless.errors import NodeFailed, WorkflowError, shown
from knime_headless.extension import Extension
from knime_headless.knwf.config_xml import Config
from knime_headless.knwf.model import read_model, saved_version
from knime_headless.knwf.reading import Given, KnimeWorkflow, Link, SavedNode
from knime_headless.knwf.table_creator import read_table_creator
from knime_headless.knwf.variables import read_control
from knime_headless.node import Node


@dataclass
class Converter:
    """Makes the data of a YAML file of a workflow and the extensions that its nodes are from."""

    workflow: KnimeWorkflow
    extensions: Sequence[Extension]
    given: Given

    def data(self) -> dict[str, Any]:
        """What a YAML file would hold.

        Raises:
            WorkflowError: a node is not in the extensions, or a connection or file does not fit.
        """
        steps = {
            self._table_alias(*key): {"table": file} for key, file in self.workflow.tables.items()
        }
        for node in self.workflow.nodes.values():
            if node.id in self.workflow.logins:
                steps[node.alias] = {"credential": self.workflow.logins[node.id]}
            elif self._is_created(node):
                steps[node.alias] = self._created(node)
            elif node.id in self._nodes:
                steps[node.alias] = self._step(node)
        self._add_outputs(steps)
        data: dict[str, Any] = {"extensions": [str(e.path) for e in self.extensions]}
        credentials = self._credentials(steps)
        if credentials:
            data["credentials"] = credentials
        if self.workflow.variables:
            data["flow_variables"] = self.workflow.variables
        return {**data, "nodes": steps}

    @cached_property
    def _nodes(self) -> dict[int, Node]:
        by_id = {
            (e.id, node_id): node for e in self.extensions for node_id, node in e.nodes.items()
        }
        found = {}
        for saved in self.workflow.nodes.values():
            if saved.python_id is None or any(i == saved.id for i, _ in self.workflow.tables):
                continue
            if saved.python_id not in by_id:
                extension, node_id = saved.python_id
                known = ", ".join(e.id for e in self.extensions) or "none"
                raise WorkflowError(
                    f"{saved.shown} is the node {node_id} of the extension {extension}, which is "
                    f"not among those given with --extension ({known})."
                )
            found[saved.id] = by_id[saved.python_id]
        return found

    def _is_created(self, saved: SavedNode) -> bool:
        is_replaced = any(node_id == saved.id for node_id, _ in self.workflow.tables)
        return saved.is_table_creator and not is_replaced

    @staticmethod
    def _created(saved: SavedNode) -> dict[str, Any]:
        try:
            return read_table_creator(saved.settings["model"])
        except (KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
            raise WorkflowError(
                f"{saved.shown} cannot be read: {error}. Give its table with --input."
            ) from None

    def _table_alias(self, node_id: int, port: int) -> str:
        return f"{self.workflow.find(f'#{node_id}').alias}_port_{port}"

    def _step(self, saved: SavedNode) -> dict[str, Any]:
        node = self._nodes[saved.id]
        step: dict[str, Any] = {"node": node.id}
        settings = self._settings(saved, node)
        exposed = read_control(saved.settings, "exposed_variable")
        inputs, variables_from = self._inputs(saved, node)
        parts = {
            "settings": settings,
            "inputs": inputs,
            "variables_from": variables_from,
            "expose": {".".join(path): name for path, name in exposed},
        }
        return step | {key: part for key, part in parts.items() if part}

    def _settings(self, saved: SavedNode, node: Node) -> dict[str, Any]:
        model = saved.settings.get("model", {})
        try:
            settings = node.saved_settings(read_model(model), saved_version(model))
        except (NodeFailed, KeyError, ValueError) as error:
            raise WorkflowError(f"{saved.shown}: its settings cannot be read: {error}") from None
        changed = _difference(settings, node.defaults())
        for path, variable in read_control(saved.settings, "used_variable"):
            _set(changed, settings, path, {"flow_variable": variable})
        return changed

    def _inputs(self, saved: SavedNode, node: Node) -> tuple[dict[str, str], list[str]]:
        ports = _existing(node.inputs, saved.settings.get("node_creation_config", {}))
        inputs: dict[str, str] = {}
        variables_from: list[str] = []
        for link in self.workflow.links:
            if link.target != saved.id:
                continue
            source = self._source(link)
            if link.target_port == 0:
                if source is not None:
                    variables_from.append(source.partition(".")[0])
                continue
            if not 1 <= link.target_port <= len(ports) or source is None:
                raise WorkflowError(
                    f"{saved.shown}: nothing is known of what is connected to its port "
                    f"{link.target_port}."
                )
            inputs[ports[link.target_port - 1].name] = source
        return inputs, variables_from

    def _source(self, link: Link) -> str | None:
        """``alias.port`` of the output; ``None`` of one that only brings a credential."""
        saved = self.workflow.nodes[link.source]
        if (link.source, link.source_port) in self.workflow.tables:
            return self._table_alias(link.source, link.source_port)
        if self._is_created(saved) or saved.id in self.workflow.logins:
            return saved.alias
        if saved.id not in self._nodes:
            return None
        ports = self._nodes[saved.id].outputs
        if link.source_port == 0:
            return saved.alias
        if link.source_port > len(ports):
            raise WorkflowError(f"{saved.shown} has no output port {link.source_port}.")
        return f"{saved.alias}.{ports[link.source_port - 1].name}"

    def _add_outputs(self, steps: dict[str, Any]) -> None:
        for target, file in self.given.outputs:
            name, *rest = target.split("/")
            saved = self.workflow.find(name)
            node = self._nodes.get(saved.id)
            if node is None or not 1 <= len(rest) <= 2:
                raise WorkflowError(
                    f"--output {shown(target)}: write the name of a Python node, / and the name of "
                    "its port, or of its view; for images / and the name of their column, too."
                )
            step = steps[saved.alias]
            is_view = node.view and rest[0].casefold() in ("view", node.view.name.casefold())
            if is_view and len(rest) == 1:
                step["view"] = file
                continue
            port = step.setdefault("outputs", {}).setdefault(rest[0], {})
            if len(rest) == 2:
                port["images"] = {"column": rest[1], "path": file}
            else:
                port.setdefault("file", []).append(file)

    def _credentials(self, steps: Mapping[str, Any]) -> dict[str, Any]:
        """The credentials that a node brings, that a setting names, and those given."""
        logins = dict(self.workflow.credentials)
        brought = {n.credential for n in self.workflow.nodes.values() if n.credential}
        logins |= dict.fromkeys(sorted(brought), "")
        logged_in = [self.workflow.nodes[node_id] for node_id in self.workflow.logins]
        given = {
            name
            for name in self.given.credentials
            if not any(node.is_called(name) for node in logged_in)
        }
        logins |= {name: logins.get(name, "") for name in self.given.credentials if name in given}
        used = {*_texts(steps), *brought, *given}
        return {
            name: {
                "password": self.given.credentials.get(name, password_variable(name)),
                **({"login": login} if login else {}),
            }
            for name, login in logins.items()
            if name in used
        }


def password_variable(credential: str) -> str:
    """The environment variable of a credential's password, unless another one is named."""
    return (
        re.sub(r"\W+", "_", f"{credential}_PASSWORD", flags=re.ASCII).upper().lstrip("0123456789")
    )


def _existing(ports: Sequence[Any], created: Config) -> list[Any]:
    """The ports that the node has in the workflow: an optional one only if it was added."""
    return [p for p in ports if not p.optional or created.get(p.name, {}).get("port_0") is not None]


def _difference(settings: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    changed = {}
    for name, value in settings.items():
        if isinstance(value, Mapping):
            value = _difference(value, defaults[name])
            if value:
                changed[name] = value
        elif value != defaults[name]:
            changed[name] = value
    return changed


def _set(changed: Any, known: Any, path: tuple[str, ...], value: Any) -> None:
    """Put a value at a path, unless there is no such parameter, which KNIME ignores too."""
    *groups, last = path
    for group in groups:
        if not isinstance(known.get(group), Mapping):
            return
        known, changed = known[group], changed.setdefault(group, {})
    if last in known:
        changed[last] = value


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
