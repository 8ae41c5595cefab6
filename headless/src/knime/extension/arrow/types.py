"""Which Arrow types KNIME takes, and the column types that stand for them."""

from __future__ import annotations

import pyarrow as pa

import knime.extension.schema.types as kt
from knime.extension.values.arrow_type import LogicalArrowType
from knime.extension.values.kinds import (
    DURATION,
    LOCAL_DATE,
    LOCAL_DATE_TIME,
    LOCAL_TIME,
    ZONED_DATE_TIME,
    ValueType,
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
    is_list = pa.types.is_list(arrow_type) or pa.types.is_large_list(arrow_type)
    if is_list and arrow_type.value_type in _PRIMITIVES:
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
