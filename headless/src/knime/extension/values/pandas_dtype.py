"""A pandas Series of images or JSON values, held as an Arrow array."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionArray, ExtensionDtype


class LogicalDtype(ExtensionDtype):
    """The dtype of a Series of values that an Arrow type encodes and decodes."""

    _metadata = ("arrow_type",)
    name = "knime"
    type = object
    na_value = None

    def __init__(self, arrow_type: pa.ExtensionType) -> None:
        self.arrow_type = arrow_type

    @classmethod
    def construct_array_type(cls) -> builtins.type[LogicalArray]:
        return LogicalArray

    @classmethod
    def construct_from_string(cls, string: str) -> LogicalDtype:
        raise TypeError(f"Cannot make a {cls.__name__} from {string!r}.")

    def __from_arrow__(self, array: pa.Array | pa.ChunkedArray) -> LogicalArray:
        return LogicalArray(_one_chunk(array, self.arrow_type))


def _one_chunk(array: pa.Array | pa.ChunkedArray, arrow_type: pa.ExtensionType) -> pa.Array:
    if isinstance(array, pa.ChunkedArray):
        storages = [chunk.storage for chunk in array.chunks]
        storage = pa.chunked_array(storages, type=arrow_type.storage_type).combine_chunks()
        if isinstance(storage, pa.ChunkedArray):
            storage = pa.concat_arrays(storage.chunks)
        return pa.ExtensionArray.from_storage(arrow_type, storage)
    return array


def pandas_dtype_of(arrow_type: pa.DataType) -> Any:
    """The dtype of a Series that becomes a column of this Arrow type."""
    # NumPy has no times of day.
    is_time = pa.types.is_time(arrow_type)
    return pd.ArrowDtype(arrow_type) if is_time else arrow_type.to_pandas_dtype()


class LogicalArray(ExtensionArray):
    """Values encoded in an Arrow array; each access decodes anew."""

    def __init__(self, array: pa.ExtensionArray) -> None:
        self._array = array

    @classmethod
    def _from_sequence(cls, scalars: Any, *, dtype: Any = None, copy: bool = False) -> LogicalArray:
        if isinstance(scalars, LogicalArray):
            return scalars.copy() if copy else scalars
        if not isinstance(dtype, LogicalDtype):
            raise TypeError("The dtype of the values is needed.")
        encoded = [dtype.arrow_type.encode(_none_if_missing(value)) for value in scalars]
        storage = pa.array(encoded, type=dtype.arrow_type.storage_type)
        return cls(pa.ExtensionArray.from_storage(dtype.arrow_type, storage))

    @classmethod
    def _from_factorized(cls, values: Any, original: LogicalArray) -> LogicalArray:
        return cls._from_sequence(values, dtype=original.dtype)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[LogicalArray]) -> LogicalArray:
        arrow_type = to_concat[0].dtype.arrow_type
        storage = pa.concat_arrays([array._array.storage for array in to_concat])
        return cls(pa.ExtensionArray.from_storage(arrow_type, storage))

    @property
    def dtype(self) -> LogicalDtype:
        return LogicalDtype(self._array.type)

    @property
    def nbytes(self) -> int:
        return int(self._array.nbytes)

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, (int, np.integer)):
            return self._array[int(item)].as_py()
        if isinstance(item, slice):
            return self.take(range(len(self))[item])
        indexer = pd.api.indexers.check_array_indexer(self, item)
        if indexer.dtype == bool:
            indexer = np.flatnonzero(indexer)
        return self.take(indexer)

    def __setitem__(self, key: Any, value: Any) -> None:
        values = np.empty(len(self), dtype=object)
        values[:] = [self[i] for i in range(len(self))]
        values[key] = value
        self._array = self._from_sequence(values, dtype=self.dtype)._array

    def __eq__(self, other: object) -> Any:
        if not isinstance(other, LogicalArray) or len(other) != len(self):
            return NotImplemented
        mine, theirs = self._array.storage.to_pylist(), other._array.storage.to_pylist()
        return np.array([a == b for a, b in zip(mine, theirs, strict=True)], dtype=bool)

    def isna(self) -> Any:
        return np.array(self._array.is_null().to_pylist(), dtype=bool)

    def take(
        self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None
    ) -> LogicalArray:
        wanted = np.asarray(list(indices), dtype=np.int64)
        if allow_fill:
            if fill_value is not None and not pd.isna(fill_value):
                raise ValueError("Only missing values can fill a column of this type.")
            if (wanted < -1).any():
                raise ValueError("Positions to take are -1 (missing) or larger.")
            positions = pa.array(wanted, mask=wanted == -1)
        else:
            positions = pa.array(np.where(wanted < 0, wanted + len(self), wanted))
        storage = self._array.storage.take(positions)
        return LogicalArray(pa.ExtensionArray.from_storage(self._array.type, storage))

    def copy(self) -> LogicalArray:
        return LogicalArray(self._array)

    def __arrow_array__(self, type: pa.DataType | None = None) -> pa.Array:
        return self._array


def _none_if_missing(value: Any) -> Any:
    """Missing values come as None, NaN or NA."""
    is_nan = isinstance(value, float) and value != value
    return None if value is pd.NA or is_nan else value
