"""Regions of the composite, and the pieces of canvas that are cut to replace them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Bools, Floats, Ints
from .composite import CELLS, RATIO, Composite
from .cutting import Polar, closed_path, worst_stretch


class Region:
    """A disc of cells around a centre, and the window of cells it and its surroundings fill.

    radius: cells; reach: radius with surroundings. rows, columns: slices of the composite in cells.
    distance: (h, w), of each cell of the window from the centre; inner: within the radius.
    """

    def __init__(self, row: int, column: int, radius: int) -> None:
        self.row, self.column, self.radius = row, column, radius
        self.reach = radius + max(2, radius // 2)
        self.rows = slice(max(0, row - self.reach), min(CELLS, row + self.reach + 1))
        self.columns = slice(max(0, column - self.reach), min(CELLS, column + self.reach + 1))
        rows, columns = np.mgrid[self.rows, self.columns]
        self.distance = np.hypot(rows - row, columns - column)
        self.inner = self.distance <= radius
        self.around = self.distance <= self.reach

    @property
    def window(self) -> tuple[slice, slice]:
        return self.rows, self.columns


@dataclass(frozen=True)
class Graft:
    """A region's replacement: which pixels of its window (where) show which places of the canvas.

    error: of the worst stretch of its seam, 1 and more where it would be seen.
    """

    region: Region
    where: Bools
    places: Ints
    error: float


def graft(
    composite: Composite, region: Region, mirrored: int, row: int, column: int
) -> Graft | None:
    """Align a candidate (top left cell of its window) by pixels and cut it out."""
    patches = composite.patches
    window = tuple(slice(cells.start * RATIO, cells.stop * RATIO) for cells in region.window)
    centre = (
        region.row * RATIO + RATIO // 2 - window[0].start,
        region.column * RATIO + RATIO // 2 - window[1].start,
    )
    height, width = (pixels.stop - pixels.start for pixels in window)
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(rows - centre[0], columns - centre[1])
    inner, outer = region.radius * RATIO, region.reach * RATIO
    known, colours = composite.known[window], composite.colours[window]
    image = slice(mirrored * patches.side, (mirrored + 1) * patches.side)
    canvas, valid = composite.canvas[image], patches.known[image]
    ring = ((distance <= outer) & (distance > inner * 0.6) & known).astype(np.float32)
    start = _align(canvas, valid, colours, ring, distance <= inner, (row * RATIO, column * RATIO))
    if start is None:
        return None
    here = (slice(start[0], start[0] + height), slice(start[1], start[1] + width))
    difference = ((canvas[here] - colours) ** 2).mean(-1)
    variance = 0.5 * (composite.canvas_variance[image][here] + composite.variance[window])
    error = np.where(known & valid[here], difference / (variance + 0.0012), 0) + 1e-3
    error += np.where(valid[here], 0, 9.0)
    polar = Polar.ring(centre, inner, outer)
    sampled = polar.sample(error)
    path = closed_path(sampled)
    where = distance <= polar.radius_at(path, rows, columns)
    where = (where | (~known & (distance <= outer))) & valid[here]
    first = (mirrored * patches.side + start[0]) * patches.side + start[1]
    places = (first + rows * patches.side + columns).astype(np.int32)
    grain = _other_grain(
        composite.relief[window][where], composite.canvas_relief[image][here][where]
    )
    return Graft(region, where, places, worst_stretch(sampled, path) + grain)


def _other_grain(old: Floats, new: Floats) -> float:
    """How much the strongest strokes of two reliefs differ, beyond what chance may do; 0 and more.

    A thin thing on quiet ground must not vanish under ground, nor ground turn coarse.
    """
    if not old.size:
        return 0.0
    rank = int(0.995 * (old.size - 1))
    peaks = [float(np.partition(relief, rank)[rank]) + 0.02 for relief in (old, new)]
    return 3 * max(0.0, abs(float(np.log(peaks[0] / peaks[1]))) - 0.5)


def _align(
    canvas: Floats,
    valid: Bools,
    colours: Floats,
    ring: Floats,
    core: Bools,
    start: tuple[int, int],
) -> tuple[int, int] | None:
    """The top left pixel, near ``start``, at which the surroundings differ least in colour.

    Unknown pixels in the core count as 10 each. None if the window fits nowhere.
    """
    height, width = ring.shape
    side = canvas.shape[1]
    best, least = None, np.inf
    for row in range(max(0, start[0] - RATIO), min(side - height, start[0] + RATIO) + 1):
        for column in range(max(0, start[1] - RATIO), min(side - width, start[1] + RATIO) + 1):
            here = (slice(row, row + height), slice(column, column + width))
            difference = canvas[here] - colours
            unlike = np.einsum("ijk,ijk->ij", difference, difference)
            error = float(np.einsum("ij,ij->", unlike, ring))
            error += 10 * int((~valid[here] & core).sum())
            if error < least:
                best, least = (row, column), error
    return best
