"""The seam around an exchanged region: a closed path of least error around its centre.

A minimum error boundary cut (Efros, Freeman, SIGGRAPH 2001) in polar coordinates: one radius per
angle, found by dynamic programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Floats, Ints

BEND = np.float32(0.05)
"""Price of a step of one radius between neighbouring angles, in the unit of the error."""
OUTSIDE = 1e-3
"""Error beyond the picture: a cut may follow the rim at no cost."""


@dataclass(frozen=True)
class Polar:
    """A grid of angles (a full turn, from the x axis towards y) and radii around a centre.

    centre: (row, column) in pixels of an error plane; angles: how many; radii: (count,) pixels.
    """

    centre: tuple[int, int]
    angles: int
    radii: Floats

    @classmethod
    def ring(cls, centre: tuple[int, int], inner: float, outer: float) -> Polar:
        """Radii from 0.55 of the region's radius ``inner`` out to ``outer``."""
        return cls(centre, max(24, int(4.4 * inner)), np.arange(inner * 0.55, outer, 1.0))

    def sample(self, error: Floats) -> Floats:
        """An error plane on the grid: (angles, radii) float32."""
        turn = np.arange(self.angles) * 2 * np.pi / self.angles
        rows = np.round(self.centre[0] + self.radii * np.sin(turn)[:, None]).astype(int)
        columns = np.round(self.centre[1] + self.radii * np.cos(turn)[:, None]).astype(int)
        height, width = error.shape
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        values = error[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
        return np.where(inside, values, OUTSIDE).astype(np.float32)

    def radius_at(self, path: Ints, rows: Ints, columns: Ints) -> Floats:
        """The path's radius in the direction of each pixel."""
        angle = np.arctan2(rows - self.centre[0], columns - self.centre[1]) % (2 * np.pi)
        index = (angle / (2 * np.pi) * self.angles + 0.5).astype(int) % self.angles
        radius: Floats = self.radii[path][index]
        return radius


def closed_path(error: Floats) -> Ints:
    """For each angle the index of the radius at which to cut, (angles,).

    error: (angles, radii). Neighbouring angles, the last and the first too, differ by at most one
    radius. Where to begin is told by a free path from the opposite side, half way round.
    """
    half = len(error) // 2
    start = int(_least_path(np.roll(error, half, axis=0))[half])
    return _least_path(np.concatenate([error, error[:1]]), start)[:-1]


def _least_path(error: Floats, through: int | None = None) -> Ints:
    """The cheapest path along axis 0; it begins and ends at radius ``through`` if that is given."""
    costs = path_costs(error, through)
    end = int(costs[-1, 1:-1].argmin()) if through is None else through
    return trace(costs, end)


def path_costs(errors: Floats, through: int | None = None) -> Floats:
    """Least error of the paths from the first step that end at each place, (..., steps, width + 2).

    errors: (..., steps, width). Neighbouring steps differ by at most one place. There is one more
    place, that no path takes, on either side. through: the only place where paths may begin.
    """
    steps, width = errors.shape[-2:]
    costs = np.full((*errors.shape[:-1], width + 2), 1e9, np.float32)
    begin = slice(None) if through is None else slice(through, through + 1)
    costs[..., 0, 1:-1][..., begin] = errors[..., 0, begin]
    for step in range(1, steps):
        before = costs[..., step - 1, :]
        least = np.minimum(before[..., :-2], before[..., 2:])
        least += BEND
        np.minimum(least, before[..., 1:-1], out=least)
        np.add(least, errors[..., step, :], out=costs[..., step, 1:-1])
    return costs


def trace(costs: Floats, end: int) -> Ints:
    """The cheapest path (steps,) to an end, through one table of `path_costs`."""
    bend = float(BEND)
    table = costs.tolist()
    path = [end + 1]
    for row in reversed(table[:-1]):
        here = path[-1]
        steps = (row[here - 1] + bend, row[here], row[here + 1] + bend)
        path.append(here - 1 + steps.index(min(steps)))
    return np.array(path[::-1]) - 1


def traces(costs: Floats, ends: Ints) -> Ints:
    """`trace` through several tables (count, steps, width + 2) at once: (count, steps)."""
    each, bend = np.arange(len(ends)), np.float64(BEND)
    path = [ends + 1]
    for step in range(costs.shape[1] - 2, -1, -1):
        row, here = costs[:, step], path[-1]
        steps = (row[each, here - 1] + bend, row[each, here], row[each, here + 1] + bend)
        path.append(here - 1 + np.argmin(np.stack(steps), axis=0))
    return np.stack(path[::-1], 1) - 1


def worst_stretch(error: Floats, path: Ints) -> float:
    """Mean error of the worst twenty-fifth of a cut: what the eye would catch on."""
    along = np.sort(error[np.arange(len(path)), path])
    return float(along[-max(2, len(path) // 25) :].mean())
