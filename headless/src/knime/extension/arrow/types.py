"""Which Arrow types KNIME takes, and the Arrow type of values such as images."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from knime.extension.schema import types as kt
from knime.extension.schema.values import (
    DURATION,
    LOCAL_DATE,
    LOCAL_DATE_TIME,
    LOCAL_TIME,
    ZONED_DATE_TIME,
    ValueType,
    value_type_with_id,
)

_PRIMITIVES: dict[pa.DataType, kt.KnimeType] = {
    pa.int32(): kt.int32(),
    pa.int64(): kt.int64(),
    pa.string(): kt.string(),
    pa.bool_(): kt.bool_(),
    pa.float64(): kt.double(),
    pa.float32(): kt.double(),
    pa.null(): kt.null(),
}
_STORAGE = {
    "string": pa.string(),
    "binary": pa.large_binary(),
    "struct<binary>": pa.struct([("0", pa.string()), ("1", pa.large_binary())]),
}
_TIMES = {
    LOCAL_DATE_TIME.logical_type: pa.timestamp("ns"),
    ZONED_DATE_TIME.logical_type: pa.timestamp("ns", "UTC"),
    LOCAL_DATE.logical_type: pa.date32(),
    LOCAL_TIME.logical_type: pa.time64("ns"),
    DURATION.logical_type: pa.duration("ns"),
}


class LogicalArrowType(pa.ExtensionType):
    """Arrow type of a column of `ValueType` values."""

    def __init__(self, value_type: ValueType) -> None:
        self.value_type = value_type
        super().__init__(_STORAGE[value_type.storage], "knime.headless.logical")

    def encode(self, value: Any) -> Any:
        """A value as it is stored; ``None`` stays ``None``."""
        return None if value is None else self.value_type.encode(value)

    def decode(self, storage: Any) -> Any:
        """The value again; ``None`` stays ``None``."""
        return None if storage is None else self.value_type.decode(storage)

    @property
    def logical_type(self) -> str:
        """The identifier that is also in the column's `LogicalType`."""
        return self.value_type.logical_type

    def __arrow_ext_serialize__(self) -> bytes:
        return self.logical_type.encode()

    @classmethod
    def __arrow_ext_deserialize__(
        cls, storage_type: pa.DataType, serialized: bytes
    ) -> LogicalArrowType:
        value_type = value_type_with_id(serialized.decode())
        if value_type is None:
            raise TypeError(f"The value type {serialized.decode()} is not known here.")
        return cls(value_type)

    def __arrow_ext_scalar_class__(self) -> type[pa.ExtensionScalar]:
        return _LogicalScalar

    def to_pandas_dtype(self) -> Any:
        from knime.extension.arrow.pandas_types import LogicalDtype

        return LogicalDtype(self)


class _LogicalScalar(pa.ExtensionScalar):
    def as_py(self, **kwargs: Any) -> Any:
        return None if self.value is None else self.type.decode(self.value.as_py(**kwargs))


def arrow_type_of_value(value_type: ValueType) -> pa.DataType:
    """The Arrow type that stores values of this kind."""
    if value_type.logical_type in _TIMES:
        return _TIMES[value_type.logical_type]
    return LogicalArrowType(value_type)


def register() -> None:
    """Let Arrow files that hold such columns be read; once per process."""
    from knime.extension.schema.values import JSON

    pa.register_extension_type(LogicalArrowType(JSON))


def knime_type_of(arrow_type: pa.DataType) -> kt.KnimeType:
    """The column type that stands for an Arrow type.

    Raises:
        TypeError: KNIME does not take the type.
    """
    if isinstance(arrow_type, LogicalArrowType):
        return kt.LogicalType(arrow_type.logical_type, kt.storage_of(arrow_type.value_type))
    if arrow_type in _PRIMITIVES:
        return _PRIMITIVES[arrow_type]
    if pa.types.is_dictionary(arrow_type):
        return knime_type_of(arrow_type.value_type)
    if pa.types.is_list(arrow_type) and arrow_type.value_type in _PRIMITIVES:
        return kt.list_(_PRIMITIVES[arrow_type.value_type])
    time = _time_type(arrow_type)
    if time is None:
        raise TypeError(f"KNIME does not take the Arrow type {arrow_type}.")
    return kt.LogicalType(time.logical_type, kt.storage_of(time))


def _time_type(arrow_type: pa.DataType) -> ValueType | None:
    if pa.types.is_timestamp(arrow_type):
        return ZONED_DATE_TIME if arrow_type.tz is not None else LOCAL_DATE_TIME
    if pa.types.is_date(arrow_type):
        return LOCAL_DATE
    if pa.types.is_time(arrow_type):
        return LOCAL_TIME
    return DURATION if pa.types.is_duration(arrow_type) else None


def check_column(field: pa.Field) -> None:
    """Refuse columns that KNIME would refuse.

    Raises:
        ValueError: names the column and its type.
    """
    try:
        knime_type_of(field.type)
    except TypeError:
        raise ValueError(
            f"Column '{field.name}' has the Arrow type {field.type}, which KNIME does not take; "
            "use string, int32, int64, double, bool, a list of these, or a logical type."
        ) from None


register()
