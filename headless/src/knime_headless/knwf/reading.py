"""A workflow file of KNIME: its nodes and connections, and what may stand in for some.

Only nodes of Python extensions can run here. *Credentials Configuration* becomes a credential; any
other node is refused by its name, unless its tables are given or it is left out. States and data
that were saved with the workflow are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knime_headless.errors import WorkflowError, shown
from knime_headless.knwf.archive import WorkflowFiles
from knime_headless.knwf.config_xml import Config, Entry
from knime_headless.knwf.table_creator import FACTORY
from knime_headless.knwf.variables import read_variables

_CREDENTIALS = "CredentialsDialogNodeFactory"
_KINDS = {"MetaNode": "a metanode", "SubNode": "a component", "Locked": "locked"}


@dataclass(frozen=True)
class Given:
    """What the command line adds to a workflow file.

    Attributes:
        inputs: table files by ``node`` or ``node/port``, in place of nodes that cannot run here.
        outputs: ``node/port`` or ``node/port/column`` or ``node/view`` and a file, each as given.
        without: nodes to leave out.
        credentials: the environment variable of the password, by the credential's name; or of the
            token, by the node that gives it to a credential port.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[tuple[str, str]] = ()
    without: Sequence[str] = ()
    credentials: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Link:
    """A connection; port 0 is the one for flow variables."""

    source: int
    source_port: int
    target: int
    target_port: int


@dataclass(frozen=True)
class SavedNode:
    """A node of the workflow and its settings.xml."""

    id: int
    settings: Config

    @property
    def name(self) -> str:
        """What KNIME calls the node."""
        for key in ("node-name", "name"):
            if isinstance(self.settings.get(key), Entry) and self.settings[key].text:
                return str(self.settings[key].text)
        return "Node"

    @property
    def label(self) -> str:
        """What its author wrote under it."""
        text = self.settings.get("nodeAnnotation", {}).get("text")
        return (text.text or "").strip() if isinstance(text, Entry) else ""

    @property
    def kind(self) -> str:
        """``NativeNode``, ``MetaNode`` or ``SubNode``."""
        kind = self.settings.get("node_type")
        return str(kind.text) if isinstance(kind, Entry) else "NativeNode"

    @property
    def shown(self) -> str:
        """Name and number, for messages."""
        return f"{self.name} (#{self.id})"

    @property
    def alias(self) -> str:
        """Its name in a YAML file."""
        words = re.sub(r"[^a-z0-9]+", "_", self.name.lower()).strip("_")
        return f"{words or 'node'}_{self.id}" if words[:1].isalpha() else f"node_{self.id}"

    @property
    def python_id(self) -> tuple[str, str] | None:
        """The id of the extension and of the node in it, if it is a Python node."""
        factory = self.settings.get("factory_settings", {})
        ids = [factory.get(key) for key in ("extension_id", "node_id")]
        if all(isinstance(i, Entry) and i.text for i in ids):
            return str(ids[0].text), str(ids[1].text)
        return None

    @property
    def credential(self) -> str | None:
        """The name of the credential that the node brings, if it does nothing else."""
        factory = self.settings.get("factory")
        if not isinstance(factory, Entry) or not str(factory.text).endswith(_CREDENTIALS):
            return None
        return str(self.settings["model"]["flowVariableName"].text)

    @property
    def is_table_creator(self) -> bool:
        """Whether it is the node with a table in its settings."""
        factory = self.settings.get("factory")
        return isinstance(factory, Entry) and factory.text == FACTORY

    def is_called(self, reference: str) -> bool:
        """Whether somebody means this node: by label, name, number or alias."""
        names = (self.label, self.name, f"#{self.id}", str(self.id), self.alias)
        return reference.casefold() in [name.casefold() for name in names if name]


class KnimeWorkflow:
    """The nodes and connections of one workflow.

    Raises:
        WorkflowError: a part of it cannot be read or run here.
    """

    def __init__(self, files: WorkflowFiles, given: Given) -> None:
        self._given = given
        top = files.top
        try:
            self.variables = read_variables(top.get("workflow_variables", {}))
            self.credentials = {
                str(c["name"].text): str(c["login"].text or "")
                for c in top.get("workflow_credentials", {}).values()
            }
            links = [_link(connection) for connection in top.get("connections", {}).values()]
            nodes = [_saved_node(files, node) for node in top.get("nodes", {}).values()]
        except (KeyError, AttributeError, TypeError, ValueError) as error:
            raise WorkflowError(f"{files.name} is no complete workflow: {error!r}.") from None
        self._all = {node.id: node for node in nodes}
        self.tables: dict[tuple[int, int], str] = {}
        self._replaced = self._read_inputs()
        left_out = {self.find(reference).id for reference in given.without}
        self.nodes, self.links = self._needed(links, left_out)
        self.logins = {
            node.id: variable
            for reference, variable in given.credentials.items()
            for node in self.nodes.values()
            if node.is_called(reference) and not self._can_run(node)
        }
        self._check_kinds()

    def find(self, reference: str) -> SavedNode:
        """The one node that is called so."""
        found = [node for node in self._all.values() if node.is_called(reference)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(node.shown for node in (found or self._all.values()))
        problem = "more than one node is" if found else "no node is"
        raise WorkflowError(f"{problem} called {shown(reference)}; name one of: {names}.")

    def _read_inputs(self) -> set[int]:
        for reference, file in self._given.inputs.items():
            name, _, port = reference.rpartition("/")
            is_port = bool(name) and port.isdecimal()
            node = self.find(name if is_port else reference)
            self.tables[node.id, int(port) if is_port else 1] = file
        return {node_id for node_id, _ in self.tables}

    def _needed(
        self, links: Iterable[Link], left_out: set[int]
    ) -> tuple[dict[int, SavedNode], list[Link]]:
        """Without what is left out, and without what only fed nodes that are replaced."""
        kept = [
            link
            for link in links
            if not {link.source, link.target} & left_out and link.target not in self._replaced
        ]
        feeding = {link.source for link in links if link.target in self._replaced}
        nodes = {i: node for i, node in self._all.items() if i not in left_out}
        while True:
            useful = {link.source for link in kept}
            idle = {i for i in feeding & nodes.keys() if i not in useful | self._replaced}
            if not idle:
                return nodes, [link for link in kept if link.source in nodes]
            feeding |= {link.source for link in kept if link.target in idle}
            kept = [link for link in kept if link.target not in idle]
            nodes = {i: node for i, node in nodes.items() if i not in idle}

    def _check_kinds(self) -> None:
        refused = [
            f"{node.shown} is {_KINDS.get(node.kind, 'a node')}"
            for node in self.nodes.values()
            if node.id not in self.logins and not self._can_run(node)
        ]
        if refused:
            raise WorkflowError(
                f"Only KNIME can run this: {', '.join(refused)}. Give the table of a port with "
                '--input "NAME=table.csv", the token of a login with --credential "NAME=VARIABLE", '
                'or leave a node out with --without "NAME"; the number with # can stand for the '
                "name."
            )

    def _can_run(self, node: SavedNode) -> bool:
        is_known = node.credential or node.python_id or node.is_table_creator
        return bool(is_known) or node.id in self._replaced


def _saved_node(files: WorkflowFiles, node: Config) -> SavedNode:
    node_id, path = node["id"].value, str(node["node_settings_file"].text)
    kind = str(node["node_type"].text) if "node_type" in node else "NativeNode"
    name = path.split("/", 1)[0].rpartition(" (#")[0] or "Node"
    if kind == "NativeNode" and path.endswith(".encrypted"):
        kind = "Locked"
    if kind != "NativeNode":
        # Not opened: it may be encrypted, and nothing in it can run.
        settings = {"name": Entry("xstring", name), "node_type": Entry("xstring", kind)}
        return SavedNode(node_id, settings)
    return SavedNode(node_id, files.config(path))


def _link(connection: Config) -> Link:
    keys = ("sourceID", "sourcePort", "destID", "destPort")
    return Link(*(connection[key].value for key in keys))
