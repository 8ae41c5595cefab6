"""One or several out of a fixed set of options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from knime.extension.parameter.base import Parameter, Validator
from knime.extension.parameter.text import described_options
from knime.extension.version import Version

_MOST_RADIO_BUTTONS = 4


class EnumParameterOptions(Enum):
    """Base of the options of an `EnumParameter`: ``NAME = ("Label", "what it means")``."""

    def __init__(self, label: str, description: str) -> None:
        self.label = label
        self.description = description

    @classmethod
    def get_all_options(cls) -> list[str]:
        """The names of the options, which are also the values that are stored."""
        return [option.name for option in cls]


class _NoOptions(EnumParameterOptions):
    DEFAULT_OPTION = ("Default", "The only option, as no others were given.")


def _name_of(option: Any) -> Any:
    return option.name if isinstance(option, Enum) else option


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


class EnumParameter(Parameter[str]):
    """One of the options of an `EnumParameterOptions`; the value is the option's name."""

    class Style(Enum):
        """How the options are drawn."""

        RADIO = "radio"
        VALUE_SWITCH = "valueSwitch"
        DROPDOWN = "string"

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: str | EnumParameterOptions | Callable[[Version], str] | None = None,
        enum: type[EnumParameterOptions] | None = None,
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
        style: Style | None = None,
        hidden_choices: Callable[[Any], Sequence[EnumParameterOptions]] | None = None,
    ) -> None:
        if validator is not None:
            raise TypeError(
                "An EnumParameter with the argument validator crashes KNIME; "
                "use the decorator @parameter.validator."
            )
        self._enum = enum if enum is not None and len(enum) else _NoOptions
        if default_value is None or self._enum is _NoOptions:
            default_value = self._enum.get_all_options()[0]
        default = _name_of(default_value)
        super().__init__(label, description, default, None, since_version, is_advanced)
        self._style = style
        self._hidden_choices = hidden_choices

    def validator(self, func: Validator) -> None:
        """Decorator: check more than that the option exists."""

        def combined(value: Any) -> None:
            self._check_value(value)
            func(value)

        self._validator = combined

    def _check_value(self, value: Any) -> None:
        names = self._enum.get_all_options()
        if value not in names:
            raise ValueError(f"{self._label}: '{value}' is not one of {_quoted(names)}.")

    def _visible(self, dialog_context: Any) -> list[EnumParameterOptions]:
        hidden = self._hidden_choices(dialog_context) if self._hidden_choices else []
        return [option for option in self._enum if option not in hidden]

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        visible = self._visible(dialog_context)
        return {
            **super()._schema(version, dialog_context),
            "description": _describe(self.__doc__ or "", visible),
            "oneOf": [{"const": option.name, "title": option.label} for option in visible],
        }

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        if self._style is not None:
            return {"format": self._style.value}
        return {"format": "string" if len(self._enum) > _MOST_RADIO_BUTTONS else "radio"}

    def _description(self) -> str:
        return _describe(self.__doc__ or "", list(self._enum))


class EnumSetParameter(Parameter[list[str]]):
    """Any number of the options of an `EnumParameterOptions`; the value is a list of names."""

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: list[str] | Callable[[Version], list[str]] | None = None,
        enum: type[EnumParameterOptions] | None = None,
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        self._enum = enum if enum is not None and len(enum) else _NoOptions
        if default_value is None or self._enum is _NoOptions:
            default_value = self._enum.get_all_options()
        super().__init__(label, description, default_value, None, since_version, is_advanced)
        if validator is not None:
            self.validator(validator)

    def validator(self, func: Validator) -> None:
        """Decorator: check more than that the options exist."""

        def combined(value: Any) -> None:
            self._check_value(value)
            func(value)

        self._validator = combined

    def _check_value(self, value: Any) -> None:
        if not isinstance(value, list):
            raise TypeError(f"{self._label}: {value!r} is not a list of options.")
        names = self._enum.get_all_options()
        unknown = [option for option in value if option not in names]
        if unknown:
            raise ValueError(f"{self._label}: {_quoted(unknown)} not among {_quoted(names)}.")

    def _default(self, version: Version | None = None) -> list[str]:
        return list(super()._default(version))

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        return {
            **super()._schema(version, dialog_context),
            "description": self._description(),
            "type": "array",
            "items": {"type": "string"},
        }

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        possible = [{"id": option.name, "text": option.label} for option in self._enum]
        return {"format": "twinList", "possibleValues": possible}

    def _description(self) -> str:
        return _describe(self.__doc__ or "", list(self._enum))


def _describe(description: str, options: Sequence[EnumParameterOptions]) -> str:
    return described_options(description, [(o.label, o.description) for o in options])
