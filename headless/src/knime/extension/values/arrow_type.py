"""Arrow types of columns that hold values such as images."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from knime.extension.values.kinds import (
    DURATION,
    JSON,
    LOCAL_DATE,
    LOCAL_DATE_TIME,
    LOCAL_TIME,
    ZONED_DATE_TIME,
    ValueType,
    value_type_with_id,
)

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
        from knime.extension.values.pandas_dtype import LogicalDtype

        return LogicalDtype(self)


class _LogicalScalar(pa.ExtensionScalar):
    def as_py(self, **kwargs: Any) -> Any:
        return None if self.value is None else self.type.decode(self.value.as_py(**kwargs))


def arrow_type_of_value(value_type: ValueType) -> pa.DataType:
    """The Arrow type that stores values of this kind."""
    if value_type.logical_type in _TIMES:
        return _TIMES[value_type.logical_type]
    return LogicalArrowType(value_type)


# Lets Arrow files that hold such columns be read.
pa.register_extension_type(LogicalArrowType(JSON))
