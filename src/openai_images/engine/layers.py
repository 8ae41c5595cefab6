"""Scenes in layers: sky above, ground below, and what stands at one height found again beside it.

A garden full of things is as unlike itself as a face that fills the picture; but its things stand
in rows.
"""

from __future__ import annotations

import numpy as np

from .filters import blur
from .pixels import Floats
from .saliency import squared_distances

# Set on 299 pictures of which little repeats: five gardens and woods of Places50 are in
# layers, and of 292 of ImageNet 15, half of them a boat, dogs in a row, a reef, a street.
BETWEEN_ROWS = 0.32
"""Share of the variance of what is seen that lies between rows, at least."""
AGAIN = 0.095
"""Greatest squared distance at which a place is found again; of four in five it must be less."""
APART, LEVEL = 0.3, 0.07
"""Sides that lie between a place and its like at least, and by which their heights may differ."""
LIKES = 3
"""A place is found again if so many others are like it, on the average."""
MIDDLE = 1.1
"""Times the usual distance that it may be in the middle half of the columns: there one thing would
stand alone before its ground, as a dog's face (1.2) or a spider (1.3)."""


def layered(features: Floats) -> bool:
    """Whether a picture is in layers. features: (n, n, channels), see `saliency.normalise`."""
    variance = float(features.var((0, 1)).sum())
    if float(features.mean(1).var(0).sum()) < BETWEEN_ROWS * variance:
        return False
    small = blur(features, 2.0)[::2, ::2]
    side = len(small)
    distance, unit = squared_distances(small.reshape(side * side, -1))
    row, column = (axis.ravel() for axis in np.mgrid[:side, :side])
    apart = np.abs(np.subtract.outer(column, column)) >= APART * side
    level = np.abs(np.subtract.outer(row, row)) <= LEVEL * side
    distance[~(apart & level)] = np.inf
    likes = np.partition(distance, LIKES - 1, axis=1)[:, :LIKES].mean(1).reshape(side, side)
    middle = likes[:, side // 4 : side - side // 4].mean()
    again = np.percentile(likes, 80) * unit * unit <= AGAIN
    return bool(again and middle <= MIDDLE * likes.mean())
