"""Column types as JSON, and back."""

from __future__ import annotations

from typing import Any

from knime.extension.schema.types import (
    KnimeType,
    ListType,
    LogicalType,
    PrimitiveType,
    PrimitiveTypeId,
    StructType,
)


def type_to_json(ktype: KnimeType) -> Any:
    """A plain type as its name, the others as an object with one key."""
    if isinstance(ktype, PrimitiveType):
        return ktype.type_id.name
    if isinstance(ktype, ListType):
        return {"list": type_to_json(ktype.inner_type)}
    if isinstance(ktype, StructType):
        return {"struct": [type_to_json(inner) for inner in ktype.inner_types]}
    if isinstance(ktype, LogicalType):
        return {"logical": ktype.logical_type, "storage": type_to_json(ktype.storage_type)}
    raise TypeError(f"{ktype!r} is not a KNIME type.")


def type_from_json(data: Any) -> KnimeType:
    """What `type_to_json` was given."""
    if isinstance(data, str):
        return PrimitiveType(PrimitiveTypeId[data])
    if "list" in data:
        return ListType(type_from_json(data["list"]))
    if "struct" in data:
        return StructType(type_from_json(inner) for inner in data["struct"])
    return LogicalType(data["logical"], type_from_json(data["storage"]))
