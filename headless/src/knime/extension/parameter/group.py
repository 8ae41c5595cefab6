"""Sections of a dialog: classes whose attributes are parameters."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from knime.extension.parameter.base import (
    Parameter,
    Validator,
    accept_anything,
    bind_values,
    values_of,
)
from knime.extension.parameter.rules import Condition, Effect, Rule
from knime.extension.version import Version

if TYPE_CHECKING:
    from typing_extensions import Self

C = TypeVar("C")
_RESERVED = ("since_version", "is_advanced", "validator")


class LayoutDirection(Enum):
    """How the parameters of a group are arranged."""

    VERTICAL = "VerticalLayout"
    HORIZONTAL = "HorizontalLayout"


class ParameterGroup:
    """What `parameter_group` makes of a class.

    An instance is a class attribute of a node or of another group. Read from a node instance it
    gives a copy of itself that is bound to that node's values.
    """

    __kind__: ClassVar[str] = "parameter_group"
    _group_label: ClassVar[str]
    _group_layout: ClassVar[LayoutDirection]
    _group_since: ClassVar[str | Version | None]
    _group_is_advanced: ClassVar[bool]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        since_version = kwargs.pop("since_version", self._group_since)
        self._since_version = Version.parse_version(since_version)
        self._is_advanced = bool(kwargs.pop("is_advanced", self._group_is_advanced))
        self._group_validator: Validator = kwargs.pop("validator", None) or accept_anything
        self._replaces_validate = False
        self._rule: Rule | None = None
        self._name = ""
        super().__init__(*args, **kwargs)

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, obj: object | None, owner: type) -> Self:
        return self if obj is None else self._bound_to(obj)

    def __set__(self, obj: object, value: Any) -> None:
        raise RuntimeError(
            f"The parameter group {self._name} cannot be replaced; set its parameters one by one."
        )

    def rule(self, condition: Condition, effect: Effect) -> Self:
        """Show, hide, enable or disable the section depending on others; returns itself."""
        self._rule = Rule(condition, effect)
        return self

    def validator(self, override: bool | Validator | None = None) -> Any:
        """Decorator: check the stored values of the whole group, given as a dictionary.

        Used plainly, or with ``override=True``, it takes the place of the method ``validate`` of
        the class; with ``override=False`` both run.
        """
        if callable(override):
            return self._use_validator(override, replaces_validate=True)
        replaces = bool(override)
        return lambda func: self._use_validator(func, replaces_validate=replaces)

    def _use_validator(self, func: Validator, replaces_validate: bool) -> None:
        self._group_validator = func
        self._replaces_validate = replaces_validate

    def _bound_to(self, holder: object) -> Self:
        bound = copy.copy(self)
        bind_values(bound, values_of(holder).setdefault(self._name, {}))
        return bound

    def _check_group(self, stored: dict[str, Any]) -> None:
        own_check = getattr(self, "validate", None)
        if own_check is not None and not self._replaces_validate:
            own_check(stored)
        self._group_validator(stored)


def parameter_group(
    label: str,
    since_version: str | Version | None = None,
    is_advanced: bool = False,
    layout_direction: LayoutDirection = LayoutDirection.VERTICAL,
) -> Callable[[type[C]], type[C]]:
    """Class decorator: make the class a section of the dialog with this heading."""

    def decorate(original: type[C]) -> type[C]:
        taken = [name for name in _RESERVED if name in inspect.signature(original).parameters]
        if taken:
            raise SyntaxError(
                f"The group {original.__name__} must not have an argument named {taken[0]}: "
                "KNIME uses that name itself."
            )
        namespace = {
            "__doc__": original.__doc__,
            "__module__": original.__module__,
            "__qualname__": original.__qualname__,
            "_group_label": label,
            "_group_layout": layout_direction,
            "_group_since": since_version,
            "_group_is_advanced": is_advanced,
        }
        return type(original.__name__, (ParameterGroup, original), namespace)

    return decorate


def members(holder: object) -> dict[str, Parameter[Any] | ParameterGroup]:
    """The parameters and groups of a node or group, in the order in which they are declared.

    Raises:
        NotImplementedError: the instance carries groups or parameters of its own.
    """
    found: dict[str, Parameter[Any] | ParameterGroup] = {}
    for cls in type(holder).__mro__:
        for name, attribute in vars(cls).items():
            if isinstance(attribute, (Parameter, ParameterGroup)):
                found.setdefault(name, attribute)
    for name, attribute in vars(holder).items():
        if isinstance(attribute, (Parameter, ParameterGroup)):
            raise NotImplementedError(
                f"{type(holder).__name__}.{name} is made in __init__; knime-headless knows only "
                "parameters and groups declared in the class."
            )
    return found
