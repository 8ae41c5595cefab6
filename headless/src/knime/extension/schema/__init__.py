"""Types of columns, schemas of tables and specs of ports."""

from knime.extension.schema.columns import BinaryPortObjectSpec, Column, PortObjectSpec, Schema
from knime.extension.schema.types import (
    KnimeType,
    ListType,
    LogicalType,
    PrimitiveType,
    PrimitiveTypeId,
    StructType,
    blob,
    bool_,
    double,
    int32,
    int64,
    list_,
    logical,
    null,
    string,
    struct,
)

__all__ = [
    "BinaryPortObjectSpec",
    "Column",
    "KnimeType",
    "ListType",
    "LogicalType",
    "PortObjectSpec",
    "PrimitiveType",
    "PrimitiveTypeId",
    "Schema",
    "StructType",
    "blob",
    "bool_",
    "double",
    "int32",
    "int64",
    "list_",
    "logical",
    "null",
    "string",
    "struct",
]
