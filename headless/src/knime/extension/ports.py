"""Ports: what goes in and out of a node, and the objects that travel along the connections."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from knime.extension.schema.columns import PortObjectSpec

F = TypeVar("F")


class PortObject(ABC):
    """Base of the objects of custom ports."""

    def __init__(self, spec: PortObjectSpec) -> None:
        self._spec = spec

    @property
    def spec(self) -> PortObjectSpec:
        """What is known about the object without its data."""
        return self._spec

    @abstractmethod
    def serialize(self) -> bytes:
        """The object's data without the spec."""

    @classmethod
    @abstractmethod
    def deserialize(cls, spec: Any, storage: bytes) -> PortObject:
        """The object again, from its spec and what `serialize` gave."""


@dataclass
class PortType:
    """A kind of port: the classes of its objects and specs."""

    id: str
    name: str
    object_class: type
    spec_class: type

    TABLE: ClassVar[str] = "PortType.TABLE"
    BINARY: ClassVar[str] = "PortType.BINARY"
    CREDENTIAL: ClassVar[str] = "PortType.CREDENTIAL"

    def is_super_type_of(self, port_type: PortType) -> bool:
        """Whether objects of the other type can go into a port of this one."""
        return issubclass(port_type.spec_class, self.spec_class) and issubclass(
            port_type.object_class, self.object_class
        )


AnyPortType = PortType | str
"""A custom type, or one of the names in `PortType`."""

_port_types: dict[str, PortType] = {}


def port_type(name: str, object_class: type, spec_class: type, id: str | None = None) -> PortType:
    """Declare a kind of port.

    Without an ``id`` it is derived from module and class, and a later renaming of either breaks
    saved workflows.

    Raises:
        ValueError: the id or one of the classes already belongs to another port type.
    """
    declared = PortType(
        id or f"{object_class.__module__}.{object_class.__qualname__}",
        name,
        object_class,
        spec_class,
    )
    for other in _port_types.values():
        if declared.id == other.id:
            raise ValueError(f"There already is a port type with the id {declared.id}.")
        if object_class is other.object_class or spec_class is other.spec_class:
            raise ValueError(f"The classes of port type {name} already belong to {other.name}.")
    _port_types[declared.id] = declared
    return declared


def forget_port_types() -> None:
    """Start over, as for an extension in a process of its own."""
    _port_types.clear()


@dataclass
class Port:
    """One input or output of a node."""

    type: AnyPortType
    name: str
    description: str
    id: str | None = None
    optional: bool = False

    def __post_init__(self) -> None:
        if self.type == PortType.BINARY and self.id is None:
            raise TypeError(f"The binary port {self.name} needs an id.")
        if not isinstance(self.name, str) or not isinstance(self.description, str):
            raise TypeError(f"The name and description of port {self.name!r} are texts.")


@dataclass
class ViewDeclaration:
    """A node's view."""

    name: str
    description: str
    static_resources: str | None = None
    index_html_path: str | None = None


def _add(slot: str, port: Port) -> Callable[[F], F]:
    """A decorator that puts the port first, since decorators run from the bottom up."""

    def decorate(node_class: F) -> F:
        ports = vars(node_class).get(slot)
        setattr(node_class, slot, [port, *(ports or [])])
        return node_class

    return decorate


def input_table(name: str, description: str, optional: bool = False) -> Callable[[F], F]:
    """Decorator: the node takes a table."""
    return _add("input_ports", Port(PortType.TABLE, name, description, optional=optional))


def output_table(name: str, description: str) -> Callable[[F], F]:
    """Decorator: the node gives a table."""
    return _add("output_ports", Port(PortType.TABLE, name, description))


def input_binary(name: str, description: str, id: str, optional: bool = False) -> Callable[[F], F]:
    """Decorator: the node takes bytes from a port with the same id."""
    return _add("input_ports", Port(PortType.BINARY, name, description, id, optional))


def output_binary(name: str, description: str, id: str) -> Callable[[F], F]:
    """Decorator: the node gives bytes."""
    return _add("output_ports", Port(PortType.BINARY, name, description, id))


def input_port(
    name: str, description: str, port_type: AnyPortType, optional: bool = False
) -> Callable[[F], F]:
    """Decorator: the node takes an object of a custom type, or a credential."""
    return _add("input_ports", Port(port_type, name, description, optional=optional))


def output_port(name: str, description: str, port_type: AnyPortType) -> Callable[[F], F]:
    """Decorator: the node gives an object of a custom type, or a credential."""
    return _add("output_ports", Port(port_type, name, description))


def output_view(
    name: str,
    description: str,
    static_resources: str | None = None,
    index_html_path: str | None = None,
) -> Callable[[F], F]:
    """Decorator: the node has a view, which it returns after all its outputs."""

    def decorate(node_class: F) -> F:
        view = ViewDeclaration(name, description, static_resources, index_html_path)
        setattr(node_class, "output_view", view)  # noqa: B010 - F need not have the attribute
        return node_class

    return decorate
