"""When a control of the dialog is shown or enabled: conditions on other controls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

ScopeOf = Callable[[Any], str]
"""Gives the JSON pointer of a parameter inside the dialog's schema."""


class Condition(ABC):
    """Something that holds or not while the user fills in the dialog."""

    @abstractmethod
    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        """The condition as the dialog component reads it."""


class OneOf(Condition):
    """``subject`` has one of ``values``."""

    def __init__(self, subject: Any, values: Sequence[Any]) -> None:
        self._subject = subject
        self._values = list(values)

    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        allowed = [{"const": value} for value in self._values]
        return {"scope": scope_of(self._subject), "schema": {"oneOf": allowed}}


class Contains(Condition):
    """The list that is the value of ``subject`` holds ``value``."""

    def __init__(self, subject: Any, value: Any) -> None:
        self._subject = subject
        self._value = value

    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        schema = {"contains": {"const": self._value}}
        return {"scope": scope_of(self._subject), "schema": schema}


class _Combined(Condition):
    _operator: str

    def __init__(self, *conditions: Condition) -> None:
        if not conditions:
            raise ValueError(f"{type(self).__name__} needs at least one condition.")
        self._conditions = conditions

    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        parts = [condition.to_dict(scope_of, dialog_context) for condition in self._conditions]
        return {"type": self._operator, "conditions": parts}


class And(_Combined):
    """All of the conditions hold."""

    _operator = "AND"


class Or(_Combined):
    """At least one of the conditions holds."""

    _operator = "OR"


class DialogContextCondition(Condition):
    """Decided once, when the dialog opens, by a function of the dialog context."""

    def __init__(self, ctx_predicate: Callable[[Any], bool]) -> None:
        self._predicate = ctx_predicate

    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        # The dialog's root is always an object, so these two always and never hold.
        matching = "object" if self._predicate(dialog_context) else "null"
        return {"scope": "#", "schema": {"type": [matching]}}


class Effect(Enum):
    """What happens to a control while its condition holds; the opposite while it does not."""

    SHOW = "SHOW"
    HIDE = "HIDE"
    ENABLE = "ENABLE"
    DISABLE = "DISABLE"


@dataclass(frozen=True)
class Rule:
    """An effect and what it depends on."""

    condition: Condition
    effect: Effect

    def to_dict(self, scope_of: ScopeOf, dialog_context: Any) -> dict[str, Any]:
        """The rule as the dialog component reads it."""
        condition = self.condition.to_dict(scope_of, dialog_context)
        return {"effect": self.effect.value, "condition": condition}
