"""Whether part of a picture looks like its other parts: the judge of seams and closed ground."""

from __future__ import annotations

import numpy as np

from ..filters import blur
from ..pixels import Bools, Floats
from .cutting import SIDE, least_distance, opponent

SPAN = 5
"""Pixels a side of a window; every second of them is compared."""
HALF = SPAN // 2
KEYS = 2500
"""Windows compared with, at most, evenly chosen."""
PROBES = 250
"""Windows by which a picture's own unlikeness is measured."""
SEEN = 2.0
"""Pixels, standard deviation, over which the eye takes strangeness in."""
STRANGE = 1.5
"""What is so many times as far from everything known as its windows are from each other is strange.
A hedge around a giraffe has 1.4, grass around balls 1.2; arms that a cut left out 2.9, half a ball
1.7, the sky of another place 1.9."""
STRANGE_LEAST = 0.026
"""But at least so far, as a step of colour: in smooth ground nothing is near."""


class Likeness:
    """What windows of a picture look like."""

    def __init__(self, rgb: Floats, known: Bools) -> None:
        """rgb: (128, 128, 3), 0..1. known: pixels, (128, 128), whose windows are compared with."""
        windows = _windows(rgb)[_inner(known).ravel()]
        self._keys = windows[:: max(1, -(-len(windows) // KEYS))]
        self.usual = self._own() if len(self._keys) > PROBES else 0.0

    def _own(self) -> float:
        """Distance of windows to the seventh most similar one, themselves included."""
        probes = self._keys[:: max(1, len(self._keys) // PROBES)]
        keys = self._keys[::4]
        squares = (keys * keys).sum(1)
        distance = (probes * probes).sum(1)[:, None] + squares - 2 * (probes @ keys.T)
        return float(_step(np.partition(distance, 6, axis=1)[:, 6]).mean())

    def strangeness(self, rgb: Floats, zone: Bools) -> float:
        """The most that a place of a zone, (128, 128), is unlike: 1 is as much as may be."""
        inner = _inner(zone)
        if self.usual == 0 or not inner.any():
            return 0.0 if not inner.any() else np.inf
        distance = np.zeros(inner.shape, np.float32)
        distance[inner] = _step(least_distance(_windows(rgb)[inner.ravel()], self._keys))
        count = blur(inner.astype(np.float32), SEEN)
        around = blur(distance, SEEN)[inner] / count[inner]
        return float(around.max()) / max(STRANGE * self.usual, STRANGE_LEAST)


def _windows(rgb: Floats) -> Floats:
    """The windows around all inner pixels, in levels: whole numbers, so that products are exact."""
    planes = blur(opponent(rgb), 0.7)
    last = SIDE - SPAN + 1
    steps = range(0, SPAN, 2)
    parts = [planes[down : last + down, right : last + right] for down in steps for right in steps]
    stacked = np.concatenate(parts, -1).reshape(last * last, -1)
    return np.round(stacked * 255).astype(np.float32)


def _inner(mask: Bools) -> Bools:
    return mask[HALF : SIDE - HALF, HALF : SIDE - HALF]


def _step(squared: Floats) -> Floats:
    """Squared distances of windows as the step of colour of one pixel."""
    count = 3 * len(range(0, SPAN, 2)) ** 2
    step: Floats = np.sqrt(np.maximum(squared, 0) / count) / 255
    return step
