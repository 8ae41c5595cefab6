"""What all parameters have in common: a descriptor whose values live in the node instance."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from knime.extension.parameter.rules import Condition, Effect, Rule
from knime.extension.version import Version

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T")
Validator = Callable[[Any], None]
"""Raises an exception with a message for the user if a value is not acceptable."""

_VALUES = "_knime_values"
_extension_version: Version | None = None


def set_extension_version(version: str) -> None:
    """Tell default values that depend on it which version of the extension is running."""
    global _extension_version
    _extension_version = Version.parse_version(version)


def extension_version() -> Version:
    """The version set by `set_extension_version`."""
    if _extension_version is None:
        raise RuntimeError("The version of the extension is not known before it is loaded.")
    return _extension_version


def values_of(holder: object) -> dict[str, Any]:
    """The parameter values of a node or group instance, by name; made empty when missing."""
    values: dict[str, Any] = vars(holder).setdefault(_VALUES, {})
    return values


def bind_values(holder: object, values: dict[str, Any]) -> None:
    """Let a group instance work on the values of the node it belongs to."""
    vars(holder)[_VALUES] = values


def accept_anything(value: Any) -> None:
    """The validator of parameters that have no check of their own."""


class Parameter(ABC, Generic[T]):
    """One value in a node's dialog.

    Used as a class attribute of a node or of a parameter group. Reading it from an instance gives
    the value, writing runs the validator.
    """

    __kind__: ClassVar[str] = "parameter"

    def __init__(
        self,
        label: str | None,
        description: str | None,
        default_value: T | Callable[[Version], T],
        validator: Validator | None,
        since_version: str | Version | None,
        is_advanced: bool,
    ) -> None:
        self._label = label
        self._default_value = default_value
        self._validator: Validator = validator or self._check_value
        self.__doc__ = description or ""
        self._since_version = Version.parse_version(since_version)
        self._is_advanced = is_advanced
        self._rule: Rule | None = None
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name
        if self._label is None:
            self._label = name

    @overload
    def __get__(self, obj: None, owner: type) -> Self: ...
    @overload
    def __get__(self, obj: object, owner: type) -> T: ...
    def __get__(self, obj: object | None, owner: type) -> Self | T:
        return self if obj is None else self._value(obj)

    def __set__(self, obj: object, value: T) -> None:
        self._set(obj, value)

    def validator(self, func: Validator) -> None:
        """Decorator: use this function in place of the built-in check."""
        self._validator = func

    def rule(self, condition: Condition, effect: Effect) -> Self:
        """Show, hide, enable or disable the control depending on others; returns itself."""
        self._rule = Rule(condition, effect)
        return self

    def _check_value(self, value: Any) -> None:
        """The built-in check; accepts everything unless a parameter type says otherwise."""

    def _value(self, holder: object) -> T:
        values = values_of(holder)
        if self._name not in values:
            values[self._name] = self._default()
        value: T = values[self._name]
        return value

    def _set(self, holder: object, value: Any, exclude_validations: bool = False) -> None:
        if not (exclude_validations and self._skipped_when_dialog_opens):
            self._validator(value)
        values_of(holder)[self._name] = value

    _skipped_when_dialog_opens: ClassVar[bool] = False
    """Whether a dialog opens in spite of a stored value that its validator refuses."""

    def _default(self, version: Version | None = None) -> T:
        if callable(self._default_value):
            return self._default_value(version or extension_version())
        return self._default_value

    def _encode(self, value: T) -> Any:
        """The value as it is stored in JSON."""
        return value

    def _decode(self, stored: Any) -> Any:
        """The value as the node sees it."""
        return stored

    def _extract(self, holder: object, for_dialog: bool) -> Any:
        return self._encode(self._value(holder))

    def _inject(
        self, holder: object, stored: Any, version: Version, exclude_validations: bool
    ) -> None:
        self._set(holder, self._decode(stored), exclude_validations)

    def _set_default(self, holder: object, version: Version, exclude_validations: bool) -> None:
        self._set(holder, self._default(version), exclude_validations)

    def _validate(self, stored: Any, version: Version) -> None:
        self._validator(stored)

    def _validate_specs(self, specs: list[Any]) -> None:
        """Check what the parameter needs from the inputs of the node."""

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        return {"title": self._label, "description": self.__doc__ or ""}

    @abstractmethod
    def _options(self, dialog_context: Any) -> dict[str, Any]:
        """The ``options`` of the control, its ``format`` first of all."""

    def _element(self, scope: str, dialog_context: Any, scope_of: Any) -> dict[str, Any]:
        options = self._options(dialog_context)
        if self._is_advanced:
            options["isAdvanced"] = True
        element = {"scope": scope, "type": "Control", "label": self._label, "options": options}
        if self._rule is not None:
            element["rule"] = self._rule.to_dict(scope_of, dialog_context)
        return element

    def _description(self) -> str:
        """The Markdown shown for this parameter in the node's description."""
        return self.__doc__ or ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name or self._label!r})"
