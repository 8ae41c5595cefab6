"""The map of things: what stands out from the rest of a picture and is set apart from its border.

A place of the ground can be reached from the border without crossing an edge; a thing cannot. That
distance along the least edges (Wei, Wen, Zhu, Sun, "Geodesic saliency using background priors",
ECCV 2012) times conspicuousness (`saliency`) is high on birds, balloons, people and buildings, low
on sky, grass, water and crowds.
"""

from __future__ import annotations

import numpy as np

from .filters import blur
from .pixels import Bools, Floats

NOISE = 40
"""Percentile of the steps between neighbouring cells that counts as the ground's own texture."""
ALIKE = 4
"""A border cell is compared with that fraction of the others most like it."""
WHOLE = 0.45
"""From this product on a place is surely a thing. Over 28 pictures, the product's 95th percentile
is 0.2 in landscapes without any, 0.6 to 0.85 in portraits and pictures of one thing."""
LIVELY = 0.17
"""A picture whose 95th percentile is below holds no things but one texture: brick, gravel and grass
have 0.03 to 0.06, a field of stars 0.15, landscapes at least 0.19."""


def find_things(features: Floats, conspicuous: Floats) -> tuple[Floats, bool]:
    """How surely each place is part of a thing, (n, n) float32 0..1, and whether there are any.

    features: (n, n, channels), as from `saliency.normalise`. conspicuous: (n, n), as from
    `saliency.conspicuousness`.
    """
    apart = _from_border(blur(features, 1.0))
    product = np.sqrt(np.maximum(conspicuous - np.percentile(conspicuous, 5), 0) * apart)
    high = float(np.percentile(product, 95))
    surely: Floats = np.clip(product / max(high, WHOLE), 0, 1).astype(np.float32)
    return surely, high >= LIVELY


def _from_border(features: Floats) -> Floats:
    """Sum of the steps of feature distance on the easiest way to the border, (n, n).

    A border cell unlike most of the border may belong to a thing that the frame cuts: it starts
    with its distance from the border cells most like it.
    """
    side = len(features)
    steps = np.zeros((side, side))
    steps[:, 1:] += ((features[:, 1:] - features[:, :-1]) ** 2).sum(-1)
    steps[1:] += ((features[1:] - features[:-1]) ** 2).sum(-1)
    steps = np.sqrt(steps)
    steps = np.maximum(steps - np.percentile(steps, NOISE), 0)
    border = _border(side)
    cells = features[border]
    unlike = ((cells[:, None] - cells) ** 2).sum(-1)
    unlike = np.sort(unlike, axis=1)[:, : len(cells) // ALIKE].mean(1)
    distance = np.full((side, side), np.inf)
    distance[border] = np.sqrt(np.maximum(unlike - np.percentile(unlike, 30), 0))
    for _ in range(2):
        for turned in range(4):
            _sweep(np.rot90(distance, turned), np.rot90(steps, turned))
    return distance


def _sweep(distance: Floats, steps: Floats) -> None:
    """Carry distances from each row to the next, straight on and diagonally; in place."""
    for row in range(1, len(distance)):
        before = np.pad(distance[row - 1], 1, constant_values=np.inf)
        nearest = np.minimum(np.minimum(before[:-2], before[2:]), before[1:-1])
        np.minimum(distance[row], nearest + steps[row], out=distance[row])


def _border(side: int) -> Bools:
    border = np.zeros((side, side), np.bool_)
    border[[0, -1]] = border[:, [0, -1]] = True
    return border
