"""Specs: what is known about a port's data before it exists; for a table its columns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

from knime.extension.schema.serialization import type_from_json, type_to_json
from knime.extension.schema.types import KnimeType, logical

Selection = int | str | slice | list[int] | list[str] | list[int | str]


class PortObjectSpec(ABC):
    """Base of the specs of custom ports."""

    @abstractmethod
    def serialize(self) -> dict[str, Any]:
        """Everything in the spec, as what JSON can hold."""

    @classmethod
    @abstractmethod
    def deserialize(cls, data: dict[str, Any]) -> PortObjectSpec:
        """The spec again, from what `serialize` gave."""


class BinaryPortObjectSpec(PortObjectSpec):
    """Spec of a port that carries plain bytes; only ports with the same id fit together."""

    def __init__(self, id: str) -> None:
        self._id = id

    @property
    def id(self) -> str:
        """Which kind of bytes."""
        return self._id

    def serialize(self) -> dict[str, Any]:
        return {"id": self._id}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> BinaryPortObjectSpec:
        return cls(data["id"])


class Column:
    """Name and type of a column; ``metadata`` is what KNIME adds for its own use."""

    def __init__(
        self, ktype: KnimeType | type, name: str, metadata: dict[str, Any] | None = None
    ) -> None:
        if not isinstance(name, str):
            raise TypeError(f"The name of a column is a text, not {name!r}.")
        if not name.strip():
            raise ValueError("The name of a column must not be empty.")
        self.ktype = ktype if isinstance(ktype, KnimeType) else logical(ktype)
        self.name = name
        self.metadata = metadata

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Column):
            return NotImplemented
        mine = (self.ktype, self.name, self.metadata)
        return mine == (other.ktype, other.name, other.metadata)

    def __hash__(self) -> int:
        return hash((self.ktype, self.name))

    def __repr__(self) -> str:
        return f"Column<'{self.name}', {self.ktype}>"


class Schema(PortObjectSpec):
    """The columns of a table, without the RowID."""

    def __init__(
        self,
        ktypes: Sequence[KnimeType | type],
        names: Sequence[str],
        metadata: Sequence[dict[str, Any] | None] | None = None,
    ) -> None:
        if metadata is None:
            metadata = [None] * len(ktypes)
        if not len(ktypes) == len(names) == len(metadata):
            raise ValueError(
                f"A schema needs as many types as names and metadata, "
                f"not {len(ktypes)}, {len(names)} and {len(metadata)}."
            )
        self._columns = [Column(*parts) for parts in zip(ktypes, names, metadata, strict=True)]

    @classmethod
    def from_columns(cls, columns: Sequence[Column] | Column) -> Schema:
        """A schema of the given columns."""
        given = [columns] if isinstance(columns, Column) else list(columns)
        for column in given:
            if not isinstance(column, Column):
                raise TypeError(f"A schema is made of columns, not of {column!r}.")
        return cls([c.ktype for c in given], [c.name for c in given], [c.metadata for c in given])

    @classmethod
    def from_types(
        cls,
        ktypes: Sequence[KnimeType | type],
        names: Sequence[str],
        metadata: Sequence[dict[str, Any] | None] | None = None,
    ) -> Schema:
        """A schema from types and names of the same number."""
        return cls(ktypes, names, metadata)

    @property
    def column_names(self) -> list[str]:
        """The names of the columns, in order."""
        return [column.name for column in self._columns]

    @property
    def num_columns(self) -> int:
        """How many columns there are."""
        return len(self._columns)

    def append(self, other: Schema | Column | Sequence[Column]) -> Schema:
        """A schema with further columns at the end."""
        return self.insert(other, self.num_columns)

    def insert(self, other: Schema | Column | Sequence[Column], at: int) -> Schema:
        """A schema with further columns before position ``at``."""
        added = [other] if isinstance(other, Column) else list(other)
        return Schema.from_columns([*self._columns[:at], *added, *self._columns[at:]])

    def remove(self, slicing: str | int | list[str]) -> Schema:
        """A schema without the named columns, or without the one at a position."""
        if isinstance(slicing, int):
            dropped = [self._at(slicing).name]
        else:
            dropped = [slicing] if isinstance(slicing, str) else list(slicing)
        missing = [name for name in dropped if name not in self.column_names]
        if missing:
            raise ValueError(f"There is no column {missing[0]!r} among {self.column_names}.")
        return Schema.from_columns([c for c in self._columns if c.name not in dropped])

    def __getitem__(self, selection: Selection) -> Any:
        """One `Column` for a name or position, a `Schema` for a slice or list of them."""
        if isinstance(selection, slice):
            return Schema.from_columns(self._columns[selection])
        if isinstance(selection, list):
            return Schema.from_columns([self._at(key) for key in selection])
        return self._at(selection)

    def _at(self, key: int | str) -> Column:
        if isinstance(key, str):
            for column in self._columns:
                if column.name == key:
                    return column
            raise IndexError(f"There is no column {key!r} among {self.column_names}.")
        if not isinstance(key, int):
            raise TypeError(f"A column is picked by name or position, not by {key!r}.")
        if not -self.num_columns <= key < self.num_columns:
            raise IndexError(f"There is no column {key} among {self.num_columns} columns.")
        return self._columns[key]

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns)

    def __contains__(self, key: object) -> bool:
        name = key.name if isinstance(key, Column) else key
        return name in self.column_names

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Schema):
            return NotImplemented
        return self._columns == other._columns

    def __hash__(self) -> int:
        return hash(tuple(self._columns))

    def __repr__(self) -> str:
        return f"Schema<{', '.join(map(repr, self._columns))}>"

    def serialize(self) -> dict[str, Any]:
        """The columns as JSON.

        Raises:
            RuntimeError: two columns have the same name.
        """
        names = self.column_names
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise RuntimeError(f"Duplicate column names: {', '.join(sorted(twice))}.")
        columns = [
            {"name": c.name, "type": type_to_json(c.ktype), "metadata": c.metadata}
            for c in self._columns
        ]
        return {"columns": columns}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> Schema:
        columns = data["columns"]
        return cls(
            [type_from_json(column["type"]) for column in columns],
            [column["name"] for column in columns],
            [column["metadata"] for column in columns],
        )
