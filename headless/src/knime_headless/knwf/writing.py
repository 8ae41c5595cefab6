"""A YAML workflow as a workflow file that opens in KNIME: nodes, settings, connections, no data.

The same workflow gives the same bytes. Passwords are not in it: each credential becomes a node
*Credentials Configuration*, which asks for its password when the workflow is opened.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections import Counter
from collections.abc import Mapping
from typing import Any

from knime_headless.errors import HeadlessError, WorkflowError
from knime_headless.knwf.config_xml import Config, array, entry, write_config
from knime_headless.knwf.model import write_model
from knime_headless.knwf.node_settings import (
    GRID,
    NOTE_HEIGHT,
    OLDEST_KNIME,
    annotation,
    credentials_settings,
    node_settings,
    table_creator_settings,
)
from knime_headless.knwf.variables import written_control, written_variable
from knime_headless.node import Node
from knime_headless.settings import complete
from knime_headless.step import Surroundings
from knime_headless.transfer import kind_of
from knime_headless.workflow import Workflow
from knime_headless.workflow.plan import PlannedStep
from knime_headless.workflow.run import table_of, working_directory

_FORMAT = "5.1.0"
_ENTERED = "entered-when-opened"
"""Stands for a password while the nodes are configured; it is not written."""
_PYTHON_FACTORY = (
    "org.knime.python3.nodes.extension.ExtensionNodeSetFactory$DynamicExtensionNodeFactory"
)


def knime_workflow(workflow: Workflow, name: str, note: str) -> bytes:
    """The archive (.knwf).

    Args:
        workflow: its tables are of texts and numbers.
        name: what KNIME calls the workflow.
        note: HTML that stands on the canvas.

    Raises:
        WorkflowError: a part of the workflow is not for KNIME.
    """
    return _Writer(workflow).archive(name, note)


class _Writer:
    def __init__(self, workflow: Workflow) -> None:
        for step in workflow.steps:
            if step.step.token is not None:
                raise WorkflowError(
                    f"nodes.{step.alias}: in KNIME an authenticator node gives what a credential "
                    "port takes; name a credential in the settings instead."
                )
        self._workflow = workflow
        self._extensions = {
            id(node): extension
            for extension in workflow.extensions
            for node in extension.nodes.values()
        }
        self._ids = {step.alias: n for n, step in enumerate(workflow.steps, 1)}
        names = workflow.description.credentials
        self._credential_ids = {name: len(self._ids) + n for n, name in enumerate(names, 1)}
        self._links = self._connected()
        self._places = self._arranged()
        self._states = self._configured()

    def archive(self, name: str, note: str) -> bytes:
        """The bytes of the zip, without compression, which zlib's versions do differently."""
        files = {"workflow.knime": write_config("workflow.knime", self._top(note))}
        for step in self._workflow.steps:
            path = self._path(self._ids[step.alias], _name(step))
            files[path] = write_config("settings.xml", self._settings(step))
        for credential, number in self._credential_ids.items():
            path = self._path(number, "Credentials Configuration")
            files[path] = write_config("settings.xml", credentials_settings(credential))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for path, data in files.items():
                info = zipfile.ZipInfo(f"{name}/{path}", (2026, 1, 1, 0, 0, 0))
                info.create_system = 3
                info.external_attr = 0o644 << 16
                archive.writestr(info, data)
        return buffer.getvalue()

    @staticmethod
    def _path(number: int, name: str) -> str:
        return f"{re.sub(r'[^a-zA-Z0-9 ]', '_', name)} (#{number})/settings.xml"

    def _configured(self) -> dict[str, bool]:
        """Which nodes KNIME can configure when it opens the workflow, without local files."""
        credentials = {
            name: (source.login, _ENTERED)
            for name, source in self._workflow.description.credentials.items()
        }
        specs: dict[str, tuple[Any, ...]] = {}
        states: dict[str, bool] = {}
        with tempfile.TemporaryDirectory() as empty, working_directory(empty):
            for step in self._workflow.steps:
                if step.node is None:
                    specs[step.alias], states[step.alias] = (table_of(step).spec,), True
                    continue
                given = [specs[s.alias][s.port] if s else None for s in step.inputs]
                around = Surroundings(credentials, dict(self._workflow.flow_variables))
                try:
                    settings = self._workflow.settings_of(step, around.flow_variables)
                    specs[step.alias] = step.node.configure_in(around, settings, given).specs
                    states[step.alias] = True
                except HeadlessError:
                    specs[step.alias] = (None,) * len(step.output_ports)
                    states[step.alias] = False
        return states

    def _top(self, note: str) -> Config:
        nodes = [(self._ids[s.alias], _name(s)) for s in self._workflow.steps]
        nodes += [(n, "Credentials Configuration") for n in self._credential_ids.values()]
        state = "CONFIGURED" if all(self._states.values()) else "IDLE"
        variables = self._workflow.description.flow_variables
        return {
            "created_by": entry(OLDEST_KNIME),
            "created_by_nightly": entry(False),
            "version": entry(_FORMAT),
            "name": entry(None),
            "authorInformation": {
                key: entry(None)
                for key in ("authored-by", "authored-when", "lastEdited-by", "lastEdited-when")
            },
            "customDescription": entry(None),
            "state": entry(state),
            "workflow_credentials": {},
            "workflow_variables": {
                f"Var_{n}": written_variable(name, value)
                for n, (name, value) in enumerate(variables.items())
            },
            "annotations": {"annotation_0": annotation(note, on_canvas=True)},
            "nodes": {f"node_{n}": self._placed(n, name) for n, name in nodes},
            "connections": {f"connection_{n}": _link(*c) for n, c in enumerate(self._links)},
        }

    def _placed(self, number: int, name: str) -> Config:
        column, row = self._places[number]
        bounds = [GRID * (column + 1), GRID + NOTE_HEIGHT * (row + 1), -1, -1]
        return {
            "id": entry(number),
            "node_settings_file": entry(self._path(number, name)),
            "node_is_meta": entry(False),
            "node_type": entry("NativeNode"),
            "ui_classname": entry("org.knime.core.node.workflow.NodeUIInformation"),
            "ui_settings": {"extrainfo.node.bounds": array(bounds)},
        }

    def _connected(self) -> list[tuple[int, int, int, int]]:
        """Source, its port, target and its port of each connection."""
        links = []
        for step in self._workflow.steps:
            target = self._ids[step.alias]
            used = set(_texts(step.step.settings))
            for name, number in self._credential_ids.items():
                if name in used:
                    links.append((number, 1, target, 0))
            for alias in step.step.variables_from:
                links.append((self._ids[alias], 0, target, 0))
            connected = [source for source in step.inputs if source is not None]
            for port, source in enumerate(connected, 1):
                links.append((self._ids[source.alias], source.port + 1, target, port))
        return links

    def _arranged(self) -> dict[int, tuple[int, int]]:
        """Column and row of each node: right of everything before it, below its neighbours."""
        columns: dict[int, int] = {}
        for number in [*self._credential_ids.values(), *self._ids.values()]:  # in running order
            before = [columns[source] for source, _, target, _ in self._links if target == number]
            columns[number] = 1 + max(before, default=-1)
        rows = Counter[int]()
        places = {}
        for number in sorted(columns):
            places[number] = columns[number], rows[columns[number]]
            rows[columns[number]] += 1
        return places

    def _settings(self, step: PlannedStep) -> Config:
        node = step.node
        if node is None:
            return table_creator_settings(table_of(step).rows(), _label(step))
        extension = self._extensions[id(node)]
        known = self._workflow.settings_of(step, self._workflow.flow_variables)
        parameters = complete(node.new_instance(), known, extension.version)["model"]
        feature = f"{extension.group_id}.features.{extension.name}.feature.group"
        bundle = (extension.description, extension.id, extension.vendor, extension.version)
        return node_settings(
            node.name,
            write_model(parameters, node.settings_schema(), extension.version),
            _PYTHON_FACTORY,
            bundle,
            (extension.description, feature, extension.vendor, extension.version),
            state="CONFIGURED" if self._states[step.alias] else "IDLE",
            variables=written_control(step.step),
            label=_label(step),
            outputs=len(node.outputs),
            identity={
                "factory-id-uniquifier": entry(f"{extension.id}_!_{node.id}"),
                "factory_settings": {
                    "extension_id": entry(extension.id),
                    "node_id": entry(node.id),
                },
                "node_creation_config": _ports(step, node),
            },
        )


def _link(source: int, source_port: int, target: int, target_port: int) -> Config:
    return {
        "sourceID": entry(source),
        "destID": entry(target),
        "sourcePort": entry(source_port),
        "destPort": entry(target_port),
    }


def _name(step: PlannedStep) -> str:
    return step.node.name if step.node else "Table Creator"


def _label(step: PlannedStep) -> str:
    return step.alias.replace("_", " ").capitalize()


def _ports(step: PlannedStep, node: Node) -> Config:
    """The port groups of a node; an optional port exists only if it has a member."""
    groups: Config = {}
    for number, (port, source) in enumerate(zip(node.inputs, step.inputs, strict=True)):
        if not port.optional:
            groups[f"Input {port.name} # {number}"] = {}
        elif source is not None:
            groups[port.name] = {"port_0": {"object_class": entry(_object_class(port))}}
    return groups | {f"Output {p.name} # {n}": {} for n, p in enumerate(node.outputs)}


def _object_class(port: Any) -> str:
    return {
        "table": "org.knime.core.node.BufferedDataTable",
        "credential": "org.knime.credentials.base.CredentialPortObject",
    }.get(kind_of(port), "org.knime.python3.nodes.ports.PythonBinaryBlobFileStorePortObject")


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
