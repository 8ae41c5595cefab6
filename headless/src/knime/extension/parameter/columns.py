"""Columns of an input table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from knime.extension.parameter.base import Parameter, accept_anything
from knime.extension.schema.columns import Column, Schema
from knime.extension.version import Version

T = TypeVar("T")
ColumnPredicate = Callable[[Column], bool]


class _ColumnsParameter(Parameter[T]):
    def __init__(
        self,
        label: str | None,
        description: str | None,
        port_index: int,
        column_filter: ColumnPredicate | None,
        default_value: T | Callable[[Version], T],
        since_version: str | Version | None,
        is_advanced: bool,
        schema_provider: Callable[[Any], Schema] | None = None,
    ) -> None:
        super().__init__(
            label, description, default_value, accept_anything, since_version, is_advanced
        )
        self._port_index = port_index
        self._column_filter = column_filter
        self._schema_provider = schema_provider

    def _validate_specs(self, specs: list[Any]) -> None:
        if self._schema_provider is not None:
            return
        if len(specs) <= self._port_index:
            raise ValueError(
                f"The column selection '{self._name}' needs a table at input {self._port_index}, "
                f"but the node has only {len(specs)} inputs."
            )
        if not isinstance(_table_at(specs, self._port_index), Schema):
            raise TypeError(
                f"The column selection '{self._name}' needs a table at input {self._port_index}."
            )

    def _possible_values(self, dialog_context: Any) -> list[dict[str, Any]]:
        if self._schema_provider is not None:
            schema: Any = self._schema_provider(dialog_context)
        else:
            schema = _table_at(dialog_context.get_input_specs(), self._port_index)
        if not isinstance(schema, Schema):
            raise TypeError(f"Input {self._port_index} of the node is not a table.")
        keep = self._column_filter or (lambda column: True)
        return [_entry(column) for column in schema if keep(column)]


def _table_at(specs: list[Any], port_index: int) -> Any:
    if port_index >= len(specs):
        raise IndexError(f"The node has no input {port_index}.")
    spec = specs[port_index]
    return Schema.from_columns([]) if spec is None else spec


def _entry(column: Column) -> dict[str, Any]:
    metadata = column.metadata or {}
    value_type = metadata["preferred_value_type"]
    return {
        "id": column.name,
        "text": column.name,
        "type": {"id": value_type, "text": metadata["displayed_column_type"]},
        "compatibleTypes": [value_type],
    }


class ColumnParameter(_ColumnsParameter["str | None"]):
    """The name of one column, ``None`` while nothing is chosen."""

    NONE: ClassVar[str] = "<none>"

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        port_index: int = 0,
        column_filter: ColumnPredicate | None = None,
        include_row_key: bool = False,
        include_none_column: bool = False,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
        schema_provider: Callable[[Any], Schema] | None = None,
        default_value: str | Callable[[Version], str] | None = None,
    ) -> None:
        super().__init__(
            label,
            description,
            port_index,
            column_filter,
            default_value,
            since_version,
            is_advanced,
            schema_provider,
        )
        self._include_row_key = include_row_key
        self._include_none_column = include_none_column

    def _encode(self, value: str | None) -> str:
        return value or ""

    def _decode(self, stored: Any) -> str | None:
        return stored or None

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        return {**super()._schema(version, dialog_context), "type": "string"}

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        possible = self._possible_values(dialog_context)
        if self._include_none_column:
            possible.append({"id": self.NONE, "text": "None"})
        return {
            "format": "dropDown",
            "showRowKeys": self._include_row_key,
            "showNoneColumn": self._include_none_column,
            "possibleValues": possible,
        }


class MultiColumnParameter(_ColumnsParameter[list[str]]):
    """The names of any number of columns."""

    def __init__(
        self,
        label: str | None = None,
        description: str | None = None,
        port_index: int = 0,
        column_filter: ColumnPredicate | None = None,
        since_version: str | Version | None = None,
        is_advanced: bool = False,
    ) -> None:
        super().__init__(
            label,
            description,
            port_index,
            column_filter,
            lambda version: [],
            since_version,
            is_advanced,
        )

    def _default(self, version: Version | None = None) -> list[str]:
        return []

    def _decode(self, stored: Any) -> list[str]:
        return [name for name in stored or [] if name]

    def _schema(self, version: Version, dialog_context: Any) -> dict[str, Any]:
        schema = super()._schema(version, dialog_context)
        return {**schema, "type": "array", "items": {"type": "string"}}

    def _options(self, dialog_context: Any) -> dict[str, Any]:
        return {"format": "twinList", "possibleValues": self._possible_values(dialog_context)}
