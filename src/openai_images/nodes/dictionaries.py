"""Columns in which KNIME stores equal values once, so that rows can be taken from them one by one.

KNIME stores some columns, such as paths, as pairs of a key and a value, where the value stands only
beside the first occurrence of its key in a batch (`knime.struct_dict_encoded` and
`knime.struct_dict_encoded_logical_type` in knime-python), and looks it up there. With its value in
every pair a column reads the same, and each row of it on its own too.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

__all__ = ["completed"]


def completed(batch: pa.RecordBatch | pa.Table) -> pa.RecordBatch | pa.Table:
    """The same cells, each with its value."""
    for index, field in enumerate(batch.schema):
        if _has_dictionary(field.type):
            column = batch.column(index)
            if isinstance(column, pa.ChunkedArray):
                whole = pa.chunked_array(map(_completed, column.chunks), field.type)
            else:
                whole = _completed(column)
            batch = batch.set_column(index, field, whole)
    return batch


def _completed(array: pa.Array) -> pa.Array:
    kind = array.type
    if not _has_dictionary(kind):
        return array
    if isinstance(kind, pa.BaseExtensionType):
        complete = _with_values if _is_dictionary(kind) else _completed
        return pa.ExtensionArray.from_storage(kind, complete(array.storage))
    if pa.types.is_struct(kind):
        children = [_completed(array.field(index)) for index in range(kind.num_fields)]
        return pa.StructArray.from_arrays(children, fields=list(kind), mask=array.is_null())
    return type(array).from_arrays(
        array.offsets, _completed(array.values), type=kind, mask=array.is_null()
    )


def _with_values(pairs: pa.StructArray) -> pa.StructArray:
    """Pairs of key and value, each with the value that its key first stands beside."""
    keys = pairs.field(0).fill_null(0).to_numpy(zero_copy_only=False)
    is_null = pairs.is_null()
    valid = np.flatnonzero(~is_null.to_numpy(zero_copy_only=False))
    _, first, which = np.unique(keys[valid], return_index=True, return_inverse=True)
    found = np.zeros(len(pairs), np.int64)
    found[valid] = valid[first[which]]
    values = pairs.field(1).take(pa.array(found))
    return pa.StructArray.from_arrays(
        [pairs.field(0), values], fields=list(pairs.type), mask=is_null
    )


def _has_dictionary(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        return _is_dictionary(kind) or _has_dictionary(kind.storage_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _has_dictionary(kind.value_type)
    return pa.types.is_struct(kind) and any(_has_dictionary(inner.type) for inner in kind)


def _is_dictionary(kind: pa.BaseExtensionType) -> bool:
    return "struct_dict_encoded" in kind.extension_name
