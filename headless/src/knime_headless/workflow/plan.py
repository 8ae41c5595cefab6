"""A workflow whose nodes are known and whose connections fit, in the order of execution."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import knime.extension as knext
from knime_headless.errors import NodeFailed, SettingsError, WorkflowError, shown
from knime_headless.extension import Extension
from knime_headless.flow_variables import overwriting
from knime_headless.node import Node
from knime_headless.transfer import kind_of
from knime_headless.workflow.description import Description, OutputFiles, Step

TABLE_PORT = knext.Port(knext.PortType.TABLE, "Table", "The table in the file.")
CREDENTIAL_PORT = knext.Port(knext.PortType.CREDENTIAL, "Credential", "The token of a variable.")


@dataclass(frozen=True)
class Source:
    """An output port of another step."""

    alias: str
    port: int


@dataclass(frozen=True)
class PlannedStep:
    """A step with its node found; ports are numbered from 0 here.

    Attributes:
        node: ``None`` for what stands in the place of one.
        inputs: where each input port gets its object from; ``None`` if not connected.
        outputs: what is done with the tables of some output ports.
    """

    step: Step
    node: Node | None
    inputs: tuple[Source | None, ...]
    outputs: Mapping[int, OutputFiles]

    @property
    def alias(self) -> str:
        """The name of the step in the workflow."""
        return self.step.alias

    @property
    def output_ports(self) -> Sequence[Any]:
        """The ports of the node, or the only one of what stands in its place."""
        return _outputs(self.step, self.node)


def make_plan(
    description: Description, extensions: Iterable[Extension], flow_variables: Mapping[str, Any]
) -> list[PlannedStep]:
    """Find the nodes and check connections and settings.

    Raises:
        WorkflowError: names the entry that is wrong and what it should be.
    """
    nodes = _all_nodes(extensions)
    found = {alias: _find_node(step, nodes) for alias, step in description.steps.items()}
    outputs = {alias: _outputs(step, found[alias]) for alias, step in description.steps.items()}
    planned = {
        alias: _connect(step, found[alias], outputs) for alias, step in description.steps.items()
    }
    for step in planned.values():
        for alias in step.step.variables_from:
            if alias not in planned:
                where = f"nodes.{step.alias}.variables_from"
                raise WorkflowError(
                    f"{where}: there is no node {shown(alias)}.{_hint(alias, found)}"
                )
        _check_connections(step, planned)
        _check_settings(step, flow_variables)
    return [planned[alias] for alias in _order(planned)]


def _all_nodes(extensions: Iterable[Extension]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for extension in extensions:
        for node_id, node in extension.nodes.items():
            if node_id in nodes:
                raise WorkflowError(f"Two of the extensions have a node with the id {node_id}.")
            nodes[node_id] = node
    return nodes


def _find_node(step: Step, nodes: Mapping[str, Node]) -> Node | None:
    if step.node is None:
        return None
    if step.node not in nodes:
        raise WorkflowError(
            f"nodes.{step.alias}.node: there is no node {shown(step.node)}."
            + _hint(step.node, nodes)
        )
    return nodes[step.node]


def _outputs(step: Step, node: Node | None) -> Sequence[Any]:
    if node is not None:
        return node.outputs
    return [TABLE_PORT if step.token is None else CREDENTIAL_PORT]


def _hint(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1)
    return f" Did you mean {close[0]}?" if close else f" There are: {', '.join(names) or 'none'}."


def _connect(step: Step, node: Node | None, outputs_of: Mapping[str, Sequence[Any]]) -> PlannedStep:
    where = f"nodes.{step.alias}"
    ports = node.inputs if node else []
    inputs: list[Source | None] = [None] * len(ports)
    for port, source in step.inputs.items():
        index = _port_index(port, ports, f"{where}.inputs")
        if inputs[index] is not None:
            raise WorkflowError(f"{where}.inputs: the port {ports[index].name} is connected twice.")
        inputs[index] = _source(source, outputs_of, f"{where}.inputs.{port}")
    out_ports = outputs_of[step.alias]
    outputs = {
        _port_index(port, out_ports, f"{where}.outputs"): files
        for port, files in step.outputs.items()
    }
    for index in outputs:
        if kind_of(out_ports[index]) != "table":
            name = out_ports[index].name
            raise WorkflowError(f"{where}.outputs: only tables can be written, {name} is none.")
    if step.view is not None and (node is None or node.view is None):
        raise WorkflowError(f"{where}.view: the node has no view.")
    return PlannedStep(step, node, tuple(inputs), outputs)


def _port_index(port: str, ports: Sequence[Any], where: str) -> int:
    """A port by its name, in capitals or not, or by its number from 1."""
    names = [p.name.casefold() for p in ports]
    if port.casefold() in names:
        return names.index(port.casefold())
    if port.isdecimal() and 1 <= int(port) <= len(ports):
        return int(port) - 1
    raise WorkflowError(
        f"{where}: there is no port {shown(port)}.{_hint(port, [p.name for p in ports])}"
    )


def _source(text: str, outputs_of: Mapping[str, Sequence[Any]], where: str) -> Source:
    alias, _, port = text.partition(".")
    if alias not in outputs_of:
        raise WorkflowError(f"{where}: there is no node {shown(alias)}.{_hint(alias, outputs_of)}")
    ports = outputs_of[alias]
    if port:
        return Source(alias, _port_index(port, ports, where))
    if len(ports) != 1:
        choices = ", ".join(f"{alias}.{p.name}" for p in ports) or "none"
        raise WorkflowError(f"{where}: say which output of {alias}; there are: {choices}.")
    return Source(alias, 0)


def _check_connections(step: PlannedStep, planned: Mapping[str, PlannedStep]) -> None:
    if step.node is None:
        return
    for port, source in zip(step.node.inputs, step.inputs, strict=True):
        where = f"nodes.{step.alias}.inputs"
        if source is None:
            if not port.optional:
                raise WorkflowError(
                    f"{where}: the port {port.name} of {step.node.name} is missing."
                )
            continue
        other = planned[source.alias].output_ports[source.port]
        if not _fits(other.type, port.type):
            raise WorkflowError(
                f"{where}: {source.alias}.{other.name} ({kind_of(other)}) does not fit to the port "
                f"{port.name} ({kind_of(port)})."
            )


def _fits(given: Any, wanted: Any) -> bool:
    if isinstance(given, str) or isinstance(wanted, str):
        return bool(given == wanted)
    return bool(wanted.is_super_type_of(given))


def _check_settings(step: PlannedStep, flow_variables: Mapping[str, Any]) -> None:
    """Settings from flow variables that a node is yet to make are left for later."""
    if step.node is None:
        return
    schema = step.node.settings_schema()
    known = with_flow_variables(step.step.settings, flow_variables, schema, strict=False)
    try:
        step.node.check_settings(known)
    except (SettingsError, NodeFailed) as error:
        text = error.message if isinstance(error, NodeFailed) else str(error)
        raise WorkflowError(f"nodes.{step.alias}.settings: {text}") from None


def flow_variables_in(settings: Mapping[str, Any]) -> set[str]:
    """The flow variables that settings are taken from."""
    names: set[str] = set()
    for value in settings.values():
        if isinstance(value, Mapping):
            is_reference = set(value) == {"flow_variable"}
            names |= {value["flow_variable"]} if is_reference else flow_variables_in(value)
    return names


def with_flow_variables(
    settings: Mapping[str, Any],
    flow_variables: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    strict: bool,
) -> dict[str, Any]:
    """Settings with each ``{flow_variable: name}`` replaced by the value, as the schema has it.

    Raises:
        SettingsError: there is no such variable; without ``strict`` the setting is left out.
    """
    replaced: dict[str, Any] = {}
    for name, value in settings.items():
        leaf = schema.get("properties", {}).get(name, {})
        if not isinstance(value, Mapping):
            replaced[name] = value
        elif set(value) != {"flow_variable"}:
            replaced[name] = with_flow_variables(value, flow_variables, leaf, strict=strict)
        elif value["flow_variable"] in flow_variables:
            replaced[name] = overwriting(flow_variables[value["flow_variable"]], leaf)
        elif strict:
            raise SettingsError(
                f"{name}: there is no flow variable {shown(value['flow_variable'])}."
            )
    return replaced


def _order(planned: Mapping[str, PlannedStep]) -> list[str]:
    sources = {
        alias: {*step.step.variables_from, *(s.alias for s in step.inputs if s is not None)}
        for alias, step in planned.items()
    }
    try:
        return list(TopologicalSorter(sources).static_order())
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise WorkflowError(f"nodes: the connections go round in a circle: {circle}.") from None
