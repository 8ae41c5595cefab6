"""Texts: one line, a choice of texts, several lines, a path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from knime.extension.parameter.base import Parameter, Validator
from knime.extension.version import Version


@dataclass(frozen=True)
class _Choice:
    """An entry of a dropdown: the value, what the user reads, and a word on what it means."""

    id: str
    label: str
    description: str = ""

    def __post_init__(self) -> None:
        if not all(isinstance(part, str) for part in (self.id, self.label, self.description)):
            raise TypeError("The id, label and description of a choice are texts.")
        if not self.id:
            raise ValueError("The id of a choice must not be empty.")


class StringParameter(Parameter[str]):
    """A line of text, or a dropdown when choices are given.

    Choices are what the dialog offers; a stored value outside of them is not refused.
    """

    Choice: ClassVar[type[_Choice]] = _Choice

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: str | Callable[[Version], str] = "",
        enum: list[str] | None = None,
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
        choices: Callable[[Any], Sequence[str | _Choice]] | Sequence[str | _Choice] | None = None,
    ) -> None:
        if enum is not None and not isinstance(enum, list):
            raise TypeError("enum is a list of texts.")
        if enum and choices:
            raise ValueError("Give either enum or choices, not both.")
        self._dynamic_choices = choices if callable(choices) else None
        static = choices if choices is not None and not callable(choices) else enum
        self._static_choices = _as_choices(static) if static is not None else None
        if self._static_choices and default_value in (None, ""):
            default_value = self._static_choices[0].id
        super().__init__(label, description, default_value, validator, since_version, is_advanced)

    def _check_value(self, value: Any) -> None:
        if not isinstance(value, str):
            raise TypeError(f"{self._label}: {value!r} is not a text.")

    def _choices(self, dialog_context: Any) -> list[_Choice] | None:
        if self._dynamic_choices is not None and dialog_context is not None:
            return _as_choices(self._dynamic_choices(dialog_context))
        return self._static_choices

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        schema = super()._schema(version, dialog_context)
        choices = self._choices(dialog_context)
        if not choices:
            return {**schema, "type": "string"}
        schema["description"] = _with_choices(schema["description"], choices)
        schema["oneOf"] = [{"const": choice.id, "title": choice.label} for choice in choices]
        return schema

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        if self._choices(dialog_context) == []:
            return {"format": "dropDown", "placeholder": "No values present"}
        return {"format": "string"}

    def _description(self) -> str:
        return _with_choices(self.__doc__ or "", self._static_choices or [])


def _as_choices(given: Any) -> list[_Choice]:
    if not isinstance(given, (list, tuple)):
        raise TypeError(f"Choices are a list or tuple of texts or Choice, not {given!r}.")
    choices: dict[str, _Choice] = {}
    for entry in given:
        if not isinstance(entry, (str, _Choice)):
            raise TypeError(f"A choice is a text or a Choice, not {entry!r}.")
        choice = _Choice(entry, entry) if isinstance(entry, str) else entry
        if choice.id in choices:
            raise ValueError(f"The choice {choice.id!r} is given twice.")
        choices[choice.id] = choice
    return list(choices.values())


def _with_choices(description: str, choices: list[_Choice]) -> str:
    if not any(choice.description.strip() for choice in choices):
        return description
    return described_options(description, [(c.label, c.description.strip()) for c in choices])


def described_options(description: str, options: list[tuple[str, str]]) -> str:
    """Markdown: the description of a parameter followed by a list of its options."""
    lines = description.expandtabs().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    indent = " " * min(indents, default=0)
    entries = [
        f"{indent}- {label}: {text}" if text else f"{indent}- {label}" for label, text in options
    ]
    listed = "\n".join(entries)
    return f"{description.expandtabs()}\n\n{indent}**Available options:**\n\n{listed}\n"


class LocalPathParameter(StringParameter):
    """The path of a file or folder on this machine, empty by default.

    The built-in check demands that the path exists whenever settings are loaded; a file that is
    made or removed between runs needs a validator of its own.
    """

    _skipped_when_dialog_opens = True

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        placeholder_text: str = "",
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        super().__init__(
            label,
            description,
            validator=validator,
            since_version=since_version,
            is_advanced=is_advanced,
        )
        self.placeholder_text = placeholder_text

    def _check_value(self, value: Any) -> None:
        if not value:
            return
        super()._check_value(value)
        if not Path(value).exists():
            raise ValueError(f"{self._label}: there is no file or folder {value}.")

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        return {
            "format": "stringFileChooser",
            "fileSystem": "LOCAL",
            "placeholder": self.placeholder_text,
        }


class MultilineStringParameter(Parameter[str]):
    """A text of several lines."""

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        default_value: str | Callable[[Version], str] = "",
        validator: Validator | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
        number_of_lines: int = 3,
    ) -> None:
        if not isinstance(number_of_lines, int):
            raise TypeError(f"number_of_lines is a whole number, not {number_of_lines!r}.")
        if number_of_lines <= 0:
            raise ValueError(f"number_of_lines is at least 1, not {number_of_lines}.")
        super().__init__(label, description, default_value, validator, since_version, is_advanced)
        self._number_of_lines = number_of_lines

    def _check_value(self, value: Any) -> None:
        if not isinstance(value, str):
            raise TypeError(f"{self._label}: {value!r} is not a text.")

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        return {**super()._schema(version, dialog_context), "type": "string"}

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        return {"format": "textArea", "rows": self._number_of_lines}
