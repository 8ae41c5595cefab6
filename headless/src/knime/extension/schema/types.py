"""The types a column can have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from knime.extension.values.kinds import ValueType, value_type_of, value_type_with_id, value_types


class KnimeType:
    """Base of all column types; two of them are equal if they describe the same data."""

    def __init__(self) -> None:
        if type(self) is KnimeType:
            raise TypeError("Use int32(), string(), list_(), logical() and so on to make a type.")

    def __repr__(self) -> str:
        return str(self)


class PrimitiveTypeId(Enum):
    """Kinds of plain values, with the name KNIME shows for them."""

    INT = "Number (Integer)"
    LONG = "Number (Long Integer)"
    STRING = "String"
    DOUBLE = "Number (Float)"
    BOOL = "Boolean"
    BLOB = "blob"
    NULL = "null"


@dataclass(frozen=True, repr=False)
class PrimitiveType(KnimeType):
    """A plain value."""

    type_id: PrimitiveTypeId

    def __str__(self) -> str:
        return self.type_id.value


@dataclass(frozen=True, repr=False)
class ListType(KnimeType):
    """A list of values of one type."""

    inner_type: KnimeType

    def __post_init__(self) -> None:
        _must_be_type(self.inner_type)

    def __str__(self) -> str:
        return f"List (Collection of: {self.inner_type})"


@dataclass(frozen=True, repr=False)
class StructType(KnimeType):
    """A fixed number of values of given types."""

    inner_types: tuple[KnimeType, ...]

    def __init__(self, inner_types: Iterable[KnimeType]) -> None:
        types = tuple(inner_types)
        for inner in types:
            _must_be_type(inner)
        object.__setattr__(self, "inner_types", types)

    def __str__(self) -> str:
        return f"struct<{', '.join(map(str, self.inner_types))}>"


@dataclass(frozen=True, repr=False)
class LogicalType(KnimeType):
    """A Python class whose values are stored as another type, images and JSON for instance."""

    logical_type: str
    storage_type: KnimeType

    @property
    def value_type(self) -> str:
        """The full name of the Python class."""
        return self._known().python_type

    def to_pyarrow(self) -> Any:
        """The Arrow type; its ``encode`` and ``decode`` turn values into storage and back."""
        from knime.extension.values.arrow_type import arrow_type_of_value

        return arrow_type_of_value(self._known())

    def to_pandas(self) -> Any:
        """The dtype of a pandas Series that holds such values."""
        from knime.extension.values.pandas_dtype import pandas_dtype_of

        return pandas_dtype_of(self.to_pyarrow())

    def _known(self) -> ValueType:
        known = value_type_with_id(self.logical_type)
        if known is None:
            raise ValueError(f"The value type {self.logical_type} is not known here.")
        return known

    @staticmethod
    def supported_value_types() -> str:
        """The classes that `logical` takes, one per line."""
        return "\n".join(value_type.python_type for value_type in value_types())

    def __str__(self) -> str:
        known = value_type_with_id(self.logical_type)
        if known is None:
            return f"extension<logical={self.logical_type}, storage={self.storage_type}>"
        return known.display_name


def _must_be_type(candidate: object) -> None:
    if not isinstance(candidate, KnimeType):
        raise TypeError(f"{candidate!r} is not a KNIME type; use string(), int64() and so on.")


def int32() -> PrimitiveType:
    """A whole number of 32 bits."""
    return PrimitiveType(PrimitiveTypeId.INT)


def int64() -> PrimitiveType:
    """A whole number of 64 bits."""
    return PrimitiveType(PrimitiveTypeId.LONG)


def double() -> PrimitiveType:
    """A floating point number of double precision."""
    return PrimitiveType(PrimitiveTypeId.DOUBLE)


def bool_() -> PrimitiveType:
    """True or false."""
    return PrimitiveType(PrimitiveTypeId.BOOL)


def string() -> PrimitiveType:
    """A text."""
    return PrimitiveType(PrimitiveTypeId.STRING)


def blob() -> PrimitiveType:
    """Bytes; KNIME refuses tables with such a column."""
    return PrimitiveType(PrimitiveTypeId.BLOB)


def null() -> PrimitiveType:
    """The type of a column that holds nothing but missing values."""
    return PrimitiveType(PrimitiveTypeId.NULL)


def list_(inner_type: KnimeType) -> ListType:
    """A list of values of one type."""
    return ListType(inner_type)


def struct(*inner_types: KnimeType) -> StructType:
    """Several values in one cell."""
    return StructType(inner_types)


_STORAGE: dict[str, KnimeType] = {
    "string": string(),
    "binary": blob(),
    "long": int64(),
    "struct<binary>": struct(string(), blob()),
}


def storage_of(value_type: ValueType) -> KnimeType:
    """The column type that values of this kind are stored as."""
    return _STORAGE[value_type.storage]


def logical(value_type: type) -> LogicalType:
    """The column type that holds instances of a Python class.

    Raises:
        TypeError: no column type is known for the class.
    """
    if not isinstance(value_type, type):
        raise TypeError(f"logical() takes a class, PIL.Image.Image for instance, not {value_type}.")
    known = value_type_of(value_type)
    if known is None:
        raise TypeError(
            f"No column type is known for {value_type.__module__}.{value_type.__qualname__}; "
            f"known are: {', '.join(v.python_type for v in value_types())}."
        )
    return LogicalType(known.logical_type, storage_of(known))
