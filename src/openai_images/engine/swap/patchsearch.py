"""The most similar patch of the whole source for every patch of a small picture.

Exact search on leading principal components, with the completeness weights of GPNN (Granot,
Feinstein, Shocher, Bagon, Irani, "Drop the GAN", CVPR 2022): a source patch that looks like nothing
in the picture yet is preferred, so that all of the source is shown. Beside its colours a patch has
its height in the frame, so that what belongs above stays above.
"""

from __future__ import annotations

import numpy as np

from ..filters import box_any
from ..heal.healing import patch_offsets, patch_values
from ..heal.patchfield import PATCH, PatchSource
from ..pixels import Bools, Floats, Ints, Packed
from ..saliency import whole_numbers

COMPONENTS = 20
"""Principal components kept of 196 values; 16 serve `healing.WholeSearch`."""
SAMPLE = 2000
"""Patches from which the components are found."""
COMPLETENESS = 0.005
"""GPNN's alpha, in squared norms of a median patch: the less, the more the unseen is preferred."""
HEIGHT = 0.5
"""What a shift by a whole frame up or down costs, in norms of a mean patch."""


class PatchSearch:
    """Over the patches of a source that may be shown.

    allowed: (2 side side,), as `PatchSource.usable`.
    """

    def __init__(self, source: PatchSource, allowed: Bools) -> None:
        self._source = source
        self._places = np.nonzero(allowed)[0].astype(np.int32)
        keys = patch_values(source.pixels, self._places, patch_offsets(source.side, 1))
        self._mean = np.round(keys.mean(0))
        keys -= self._mean
        sample = keys[:: max(1, len(keys) // SAMPLE)].astype(np.float64)
        vectors = np.linalg.eigh(sample.T @ sample)[1]
        self._basis = np.round(vectors[:, ::-1][:, :COMPONENTS] * 128).astype(np.float32)
        keys = keys @ self._basis
        self._lift = HEIGHT * float(np.sqrt((keys * keys).sum(1).mean()))
        rows = self._places // source.side % source.side - source.margin
        keys, self._unit = whole_numbers(self._with_height(keys, rows))
        squares = (keys * keys).sum(1, keepdims=True)
        self._keys = np.concatenate([-2 * keys, np.ones_like(squares), squares], 1).T.copy()
        self._least = np.float32(COMPLETENESS * max(float(np.median(squares)), 1.0))

    def _with_height(self, keys: Floats, rows: Ints) -> Floats:
        height = (rows * (self._lift / self._source.size)).astype(np.float32)
        return np.concatenate([keys, height[:, None]], 1)

    def field(self, picture: Packed) -> Ints:
        """The patch field (span, span) int32 most like a picture (size, size)."""
        source = self._source
        rows, columns = (axis.ravel() for axis in np.mgrid[: source.span, : source.span])
        starts = (rows * source.size + columns).astype(np.int32)
        queries = patch_values(picture.ravel(), starts, patch_offsets(source.size, 1)) - self._mean
        queries = self._with_height(queries @ self._basis, rows)
        queries = np.round(queries / np.float32(self._unit))
        squares = (queries * queries).sum(1, keepdims=True)
        distance = np.concatenate([queries, squares, np.ones_like(squares)], 1) @ self._keys
        np.maximum(distance, 0, out=distance)
        distance *= 1 / (distance.min(0) + self._least)
        field: Ints = self._places[distance.argmin(1)].reshape(source.span, source.span)
        return field


def touching(mask: Bools) -> Bools:
    """Whether the patch starting at each pixel of a plane touches the mask, of the same shape."""
    padded = np.zeros((mask.shape[0] + PATCH - 1, mask.shape[1] + PATCH - 1), np.bool_)
    padded[: mask.shape[0], : mask.shape[1]] = mask
    return box_any(padded, PATCH)
