"""Whole numbers, decimal numbers and switches."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from knime.extension.parameter.base import Parameter, Validator
from knime.extension.version import Version

N = TypeVar("N", bound=float)
_INT32 = range(-(2**31), 2**31)


class _NumberParameter(Parameter[N], Generic[N]):
    _format: str

    def __init__(
        self,
        label: str | None,
        description: str | None,
        default_value: N | Callable[[Version], N],
        validator: Validator | None,
        min_value: N | None,
        max_value: N | None,
        since_version: str | Version | None,
        is_advanced: bool,
    ) -> None:
        if default_value is None:
            raise TypeError(f"The number parameter {label!r} needs a number as its default value.")
        super().__init__(label, description, default_value, validator, since_version, is_advanced)
        self.min_value = min_value
        self.max_value = max_value

    def _check_value(self, value: Any) -> None:
        self._check_type(value)
        if self.min_value is not None and value < self.min_value:
            raise ValueError(f"{self._label}: {value} is below the least value {self.min_value}.")
        if self.max_value is not None and value > self.max_value:
            raise ValueError(f"{self._label}: {value} is above the largest value {self.max_value}.")

    def _check_type(self, value: Any) -> None:
        raise NotImplementedError

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        options: dict[str, Any] = {"format": self._format}
        validation = {}
        if self.min_value is not None:
            validation["min"] = _limit("min", self.min_value, "at least")
        if self.max_value is not None:
            validation["max"] = _limit("max", self.max_value, "at most")
        if validation:
            options["validation"] = validation
        return options


def _limit(name: str, value: float, words: str) -> dict[str, Any]:
    return {
        "parameters": {name: value, "isExclusive": False},
        "errorMessage": f"The value must be {words} {value}.",
    }


class IntParameter(_NumberParameter[int]):
    """A whole number of 32 bits."""

    _format = "integer"

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: int | Callable[[Version], int] = 0,
        validator: Validator | None = None,
        min_value: int | None = None,
        max_value: int | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        super().__init__(
            label,
            description,
            default_value,
            validator,
            min_value,
            max_value,
            since_version,
            is_advanced,
        )

    def _check_type(self, value: Any) -> None:
        if not isinstance(value, int):
            raise TypeError(f"{self._label}: {value!r} is not a whole number.")
        if value not in _INT32:
            raise ValueError(f"{self._label}: {value} does not fit into 32 bits.")

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        schema = super()._schema(version, dialog_context)
        return {**schema, "type": "integer", "format": "int32"}


class DoubleParameter(_NumberParameter[float]):
    """A number of double precision."""

    _format = "number"

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: float | Callable[[Version], float] = 0.0,
        validator: Validator | None = None,
        min_value: float | None = None,
        max_value: float | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        super().__init__(
            label,
            description,
            default_value,
            validator,
            min_value,
            max_value,
            since_version,
            is_advanced,
        )

    def _check_type(self, value: Any) -> None:
        if not isinstance(value, numbers.Number):
            raise TypeError(f"{self._label}: {value!r} is not a number.")

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        schema = super()._schema(version, dialog_context)
        return {**schema, "type": "number", "format": "double"}


class BoolParameter(Parameter[bool]):
    """A switch that is on or off."""

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: bool | Callable[[Version], bool] = False,
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        if default_value is None:
            raise TypeError(f"The switch {label!r} needs True or False as its default value.")
        super().__init__(label, description, default_value, validator, since_version, is_advanced)

    def _check_value(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"{self._label}: {value!r} is neither true nor false.")

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        return {**super()._schema(version, dialog_context), "type": "boolean"}

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        return {"format": "boolean"}
