"""Nodes and the categories they stand in; what an extension declares is collected here."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum
from typing import Any

from knime.extension.context import ConfigurationContext, ExecutionContext
from knime.extension.parameter import Parameter
from knime.extension.ports import Port, ViewDeclaration


class InvalidParametersError(Exception):
    """Raised in configure: the settings do not fit; the message is shown to the user."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class PythonNode(ABC):
    """Base of all nodes. Every dialog, configure and execute gets a fresh instance."""

    input_ports: list[Port] | None = None
    output_ports: list[Port] | None = None
    output_view: ViewDeclaration | None = None

    @abstractmethod
    def configure(self, config_context: ConfigurationContext, *inputs: Any) -> Any:
        """Check settings and input specs, and give the specs of the outputs as far as known."""

    @abstractmethod
    def execute(self, exec_context: ExecutionContext, *inputs: Any) -> Any:
        """Do the work and give the outputs from top to bottom, then the view."""


class NodeType(Enum):
    """What a node is for; gives it its colour."""

    SOURCE = "Source"
    SINK = "Sink"
    LEARNER = "Learner"
    PREDICTOR = "Predictor"
    MANIPULATOR = "Manipulator"
    VISUALIZER = "Visualizer"
    OTHER = "Other"


class Category:
    """A folder in the node repository."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def to_dict(self) -> dict[str, Any]:
        """Path, level_id, name, description, icon, after and locked."""
        return dict(self._fields)


_categories: list[Category] = []


def category(
    path: str,
    level_id: str,
    name: str,
    description: str,
    icon: str,
    after: str = "",
    locked: bool = True,
) -> str:
    """Declare a category; gives its path for `node`."""
    _categories.append(
        Category(
            path=path,
            level_id=level_id,
            name=name,
            description=description,
            icon=icon,
            after=after,
            locked=locked,
        )
    )
    return f"{path.removesuffix('/')}/{level_id}"


class NodeDeclaration:
    """A node as it was declared; ``node_factory`` makes instances of it."""

    def __init__(self, node_class: Callable[..., Any], **fields: Any) -> None:
        self.id: str = fields["id"]
        self.name: str = fields["name"]
        self.node_type: str = fields["node_type"]
        self.icon_path: str = fields["icon_path"]
        self.category: str = fields["category"]
        self.after: str | None = fields["after"]
        self.keywords: list[str] = fields["keywords"]
        self.is_deprecated: bool = fields["is_deprecated"]
        self.is_hidden: bool = fields["is_hidden"]
        sample = node_class()
        # A node need not extend PythonNode: what its decorators did not set is not there.
        self.input_ports: list[Port] = getattr(sample, "input_ports", None) or []
        self.output_ports: list[Port] = getattr(sample, "output_ports", None) or []
        self.views: list[ViewDeclaration | None] = [getattr(sample, "output_view", None)]
        self.node_factory = self._factory_for(node_class)

    def _factory_for(self, node_class: Callable[..., Any]) -> Callable[..., Any]:
        def make_node(*args: Any, **kwargs: Any) -> Any:
            node = node_class(*args, **kwargs)
            loose = [n for n, value in vars(node).items() if isinstance(value, Parameter)]
            if loose:
                raise AttributeError(
                    f"The parameter {loose[0]} of node {self.name} is made in __init__; "
                    "declare it in the class."
                )
            node.input_ports = self.input_ports
            node.output_ports = self.output_ports
            node.output_view = self.views[0]
            return node

        return make_node


_nodes: dict[str, NodeDeclaration] = {}


def node(
    name: str,
    node_type: NodeType,
    icon_path: str,
    category: str,
    after: str | None = None,
    keywords: list[str] | None = None,
    id: str | None = None,
    is_deprecated: bool = False,
    is_hidden: bool = False,
) -> Callable[[Any], Callable[..., Any]]:
    """Decorator: declare a node. It leaves a function that makes instances, not the class.

    Without an ``id`` the class name is used, and renaming the class breaks saved workflows.
    """

    def declare(node_class: Any) -> Callable[..., Any]:
        declaration = NodeDeclaration(
            node_class,
            id=id or node_class.__name__,
            name=name,
            node_type=node_type.value if isinstance(node_type, NodeType) else "Unknown",
            icon_path=icon_path,
            category=category,
            after=after,
            keywords=keywords or [],
            is_deprecated=is_deprecated,
            is_hidden=is_hidden,
        )
        _nodes[declaration.id] = declaration
        return declaration.node_factory

    return declare
