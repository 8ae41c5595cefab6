"""The self-similarity map: what in a picture is subject, and what is repeating ground.

A place is conspicuous when nothing elsewhere in the picture looks like its surroundings. The idea
is that of context-aware saliency (Goferman, Zelnik-Manor, Tal, CVPR 2010), on descriptors cheap
enough for numpy: pooled colour and pooled oriented edge energy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .filters import blur
from .pixels import Bools, Floats, Packed, luma, resize_plane, to_rgb

COLOUR_STEP = 0.22
"""A difference of pooled colour (0..1 RGB) that plainly shows: the least unit of colour."""
ENERGY_STEP = 0.085
"""The same for the square root of pooled edge energy."""
COLOUR_SHARE = 0.52
"""Share of the colour in a distance; the edge energies have the rest."""
APART = 0.16
"""Widths that what is compared lies apart at least, as what is near is alike anyway."""
FAR_APART = 0.375
"""The same where all of a large thing is to be found unlike: at 0.16 an ostrich's neck is like its
other end."""
UNLIKE = np.float32(1e9)
"""Distance to what must not be compared with."""
MIRRORED_ENERGIES = [0, 1, 3, 2, 4, 5, 7, 6]
"""Order of the energies of a mirrored picture: its two diagonals trade places."""


@dataclass(frozen=True)
class Cells:
    """A picture seen as n x n cells.

    colour: (n, n, 3) mean RGB, 0..1; energy: (n, n, 8) edge energy along x, y and both diagonals,
    at two scales; variance: (n, n) colour variance inside the cell.
    """

    colour: Floats
    energy: Floats
    variance: Floats


def describe(pixels: Packed, cell: int) -> Cells:
    """Pool a square picture into cells of ``cell`` x ``cell`` pixels."""
    rgb = to_rgb(pixels)
    side = rgb.shape[0] // cell
    grey = luma(rgb)

    def pool(planes: Floats) -> Floats:
        means: Floats = planes.reshape(side, cell, side, cell, -1).mean((1, 3))
        return means

    energies = [
        pool(np.sqrt(edge + np.float32(1e-3))[..., None])
        for plane in (grey, blur(grey, 2.0))
        for edge in _edges(plane)
    ]
    colour = pool(rgb)
    square = pool((rgb * rgb).sum(-1, keepdims=True))[..., 0]
    variance = np.maximum(square - (colour * colour).sum(-1), 0) / 3
    return Cells(colour, blur(np.concatenate(energies, -1), 1.2), variance)


def _edges(grey: Floats) -> list[Floats]:
    """Absolute differences along x, y, the falling and the rising diagonal."""
    along_x, along_y, falling, rising = (np.zeros_like(grey) for _ in range(4))
    along_x[:, :-1] = np.abs(grey[:, 1:] - grey[:, :-1])
    along_y[:-1] = np.abs(grey[1:] - grey[:-1])
    falling[:-1, :-1] = np.abs(grey[:-1, :-1] - grey[1:, 1:])
    rising[:-1, :-1] = np.abs(grey[1:, :-1] - grey[:-1, 1:])
    return [along_x, along_y, falling, rising]


def normalise(cells: Cells, known: Bools) -> tuple[Floats, Floats]:
    """Colour (n, n, 3) and energy (n, n, 8) so scaled that 1 is a large squared distance.

    Each is measured in its own spread over the known cells, but never in less than the step that
    shows: a nearly uniform picture must not have its noise blown up to features.
    """
    colour_unit = max(float(cells.colour[known].std(0).mean()), COLOUR_STEP)
    energy_unit = np.maximum(cells.energy[known].std(0), ENERGY_STEP)
    colour = cells.colour * np.float32(np.sqrt(COLOUR_SHARE / 3) / colour_unit)
    energy = cells.energy * (np.sqrt((1 - COLOUR_SHARE) / 8) / energy_unit).astype(np.float32)
    return colour, energy


def conspicuousness(features: Floats, known: Bools, width: int) -> Floats:
    """How unlike the rest of the picture each cell's surroundings are: 0 for what repeats, about 1
    and more for what is found once. Arguments and result as of `unlikeness`."""
    return unlikeness(features, known, width, (APART,))[0]


def unlikeness(
    features: Floats, known: Bools, width: int, aparts: tuple[float, ...]
) -> list[Floats]:
    """The mean squared distance of each cell's surroundings to the four most similar places that
    are so far apart at least, in widths: one plane (n, n) for each of ``aparts``, which rise.

    features: (n, n, channels) as from `normalise`. known: (n, n), cells to compare with. width: of
    the picture, in cells.
    """
    side = features.shape[0]
    stride, reach = 2, 6
    steps = np.array([-6, -3, 0, 3, 6])
    weights = np.exp(-(steps[:, None] ** 2 + steps[None] ** 2) / (2 * 4.5**2))
    weights /= weights.sum()
    padded = np.pad(blur(features, 0.7), ((reach, reach), (reach, reach), (0, 0)), mode="reflect")
    parts = [
        padded[reach + dy : reach + dy + side, reach + dx : reach + dx + side][::stride, ::stride]
        * np.sqrt(weights[row, column])
        for row, dy in enumerate(steps)
        for column, dx in enumerate(steps)
    ]
    places = np.concatenate(parts, -1)
    rows, columns = places.shape[:2]
    distance, unit = squared_distances(places.reshape(rows * columns, -1))
    distance[:, ~known[::stride, ::stride].ravel()] = UNLIKE
    planes = []
    for apart in aparts:
        distance[_closer(rows, columns, apart * width / stride)] = UNLIKE
        nearest = np.partition(distance, 4, axis=1)[:, :4].mean(1) * unit * unit
        planes.append(resize_plane(nearest.reshape(rows, columns), side, side))
    return planes


@lru_cache(maxsize=4)
def _closer(rows: int, columns: int, reach: float) -> Bools:
    """Which pairs of places of a grid are closer than ``reach``, (places, places)."""
    y, x = (axis.ravel().astype(np.float32) for axis in np.mgrid[:rows, :columns])
    closer: Bools = (y[:, None] - y) ** 2 + (x[:, None] - x) ** 2 < reach**2
    return closer


def squared_distances(vectors: Floats) -> tuple[Floats, float]:
    """Between all pairs of n vectors, (n, n), in squares of a unit, and that unit.

    As exact as `whole_numbers`.
    """
    whole, unit = whole_numbers(vectors)
    squares = (whole * whole).sum(1)
    distance: Floats = whole @ (-2 * whole.T)
    distance += squares[:, None]
    distance += squares
    return distance, unit


def whole_numbers(vectors: Floats) -> tuple[Floats, float]:
    """Vectors rounded to whole multiples of a unit, as float32, and that unit.

    Whole numbers of this size have exact float32 dot products whatever the order of summation, so
    no BLAS, nor its number of threads, changes a result.
    """
    longest = float(np.sqrt(np.max((vectors * vectors).sum(1)))) or 1.0
    unit = longest / 1400
    return np.round(vectors / unit).astype(np.float32), unit
