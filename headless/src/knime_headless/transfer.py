"""Specs and objects on their way from an output port to an input port.

In KNIME they leave one process and arrive in another, so here too they are serialised to text or
bytes and made anew from them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import knime.extension as knext
from knime_headless import backend
from knime_headless.credential_port import CredentialPort
from knime_headless.table_files import ArrowFile, Workspace
from knime_headless.tables import StoredTable

if TYPE_CHECKING:
    from typing import TypeAlias

    import pandas as pd
    import pyarrow as pa

    Input: TypeAlias = (
        StoredTable | pd.DataFrame | pa.Table | knext.PortObject | CredentialPort | bytes | None
    )
    """What a port can be given: a table in any form, an object, bytes, or nothing."""

_BUILT_IN = {
    knext.PortType.TABLE: ("table", knext.Schema),
    knext.PortType.BINARY: ("binary", knext.BinaryPortObjectSpec),
    knext.PortType.CREDENTIAL: ("credential", knext.CredentialPortObjectSpec),
}


def kind_of(port: Any) -> str:
    """``table``, ``binary``, ``credential`` or the id of a custom port type."""
    return _BUILT_IN[port.type][0] if isinstance(port.type, str) else str(port.type.id)


def _type_name(port: Any) -> str:
    return kind_of(port) if isinstance(port.type, str) else str(port.type.name)


def sent_spec(spec: Any, port: Any) -> Any:
    """The spec that arrives when a node gives this one for an output port.

    Raises:
        TypeError: the spec does not fit the port or cannot be written as JSON.
    """
    if spec is None:
        return None
    if isinstance(spec, knext.Column):
        spec = knext.Schema.from_columns([spec])
    spec_class = _spec_class(port)
    if not isinstance(spec, spec_class):
        raise TypeError(
            f"The output '{port.name}' takes a {spec_class.__name__}, not {type(spec).__name__}."
        )
    if spec_class is knext.BinaryPortObjectSpec and spec.id != port.id:
        raise TypeError(f"The output '{port.name}' has the id {port.id}, its spec {spec.id}.")
    if isinstance(spec, knext.Schema):
        _check_columns(spec)
    return _copy_of_spec(spec)


def _check_columns(schema: Any) -> None:
    for column in schema:
        ktype = column.ktype
        while isinstance(ktype, knext.ListType):
            ktype = ktype.inner_type
        if ktype == knext.blob() or isinstance(ktype, knext.StructType):
            raise TypeError(f"KNIME takes no column of {ktype}, as '{column.name}' would be.")


def _spec_class(port: Any) -> Any:
    return _BUILT_IN[port.type][1] if isinstance(port.type, str) else port.type.spec_class


def _copy_of_spec(spec: Any) -> Any:
    copy = type(spec).deserialize(json.loads(json.dumps(spec.serialize(), allow_nan=False)))
    return backend.with_display_types(copy) if isinstance(copy, knext.Schema) else copy


def received_spec(spec: Any, port: Any) -> Any:
    """The spec as the node behind an input port gets it.

    Raises:
        InvalidParametersError: the port is not connected or connected to another kind of port.
    """
    if spec is None:
        if port.optional:
            return None
        raise knext.InvalidParametersError(f"The input '{port.name}' is not connected.")
    if not isinstance(spec, _spec_class(port)):
        raise knext.InvalidParametersError(
            f"The input '{port.name}' takes a {_type_name(port)}, not a {type(spec).__name__}."
        )
    return _copy_of_spec(spec)


def sent_object(value: Any, port: Any, workspace: Workspace) -> Any:
    """What arrives when a node gives this object for an output port.

    Raises:
        TypeError: the object does not fit the port or cannot be serialised.
        ValueError: a table breaks the rules of its batches or RowIDs.
    """
    kind = kind_of(port)
    if kind == "table":
        writer = backend.written_table(value, workspace)
        if writer is None:
            raise TypeError(
                f"The output '{port.name}' takes a Table or BatchOutputTable, "
                f"not {type(value).__name__}."
            )
        writer.close()
        return StoredTable(ArrowFile(writer.path), workspace)
    if kind == "binary":
        if not isinstance(value, bytes):
            raise TypeError(f"The output '{port.name}' takes bytes, not {type(value).__name__}.")
        return value
    if kind == "credential":
        return CredentialPort(sent_spec(getattr(value, "spec", value), port))
    if not isinstance(value, port.type.object_class):
        raise TypeError(
            f"The output '{port.name}' takes a {port.type.object_class.__name__}, "
            f"not {type(value).__name__}."
        )
    return _copy_of_object(value)


def _copy_of_object(value: Any) -> Any:
    data = value.serialize()
    if not isinstance(data, (bytes, bytearray)):
        raise TypeError(f"{type(value).__name__}.serialize gave {type(data).__name__}, not bytes.")
    return type(value).deserialize(_copy_of_spec(value.spec), bytes(data))


def received_object(value: Any, port: Any) -> Any:
    """The object as the node behind an input port gets it.

    Raises:
        InvalidParametersError: the port is not connected or connected to another kind of port.
    """
    if isinstance(value, bytes):
        if kind_of(port) != "binary":
            raise knext.InvalidParametersError(f"The input '{port.name}' does not take bytes.")
        return value
    received_spec(None if value is None else value.spec, port)
    if isinstance(value, StoredTable):
        return backend.input_table(value.file)
    if isinstance(value, CredentialPort):
        return CredentialPort(_copy_of_spec(value.spec))
    return None if value is None else _copy_of_object(value)


def as_stored(value: Input, workspace: Workspace) -> Any:
    """A DataFrame or Arrow table as a table that a node may have put out; others unchanged."""
    if value is None or isinstance(value, (StoredTable, bytes, knext.PortObject, CredentialPort)):
        return value
    with backend.table_session(workspace):
        from_pandas = hasattr(value, "iloc")
        make = knext.Table.from_pandas if from_pandas else knext.Table.from_pyarrow
        writer = backend.written_table(make(value), workspace)
    assert writer is not None
    writer.close()
    return StoredTable(ArrowFile(writer.path), workspace)
