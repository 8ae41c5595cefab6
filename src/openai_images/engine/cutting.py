"""The seam around an exchanged region: a closed path of least error around its centre.

A minimum error boundary cut (Efros, Freeman, SIGGRAPH 2001) in polar coordinates: one radius per
angle, found by dynamic programming.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .pixels import Floats, Ints

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

    error: (angles, radii). Neighbouring angles differ by at most one radius. To close the path the
    ring is run through twice and the middle turn of the two is taken.
    """
    angles, radii = error.shape
    cost = error[0].copy()
    back = np.zeros((2 * angles, radii), np.int8)
    wide = np.full(radii + 2, 1e9, np.float32)
    choices = np.empty((3, radii), np.float32)
    index = np.arange(radii)
    for step in range(1, 2 * angles):
        wide[1:-1] = cost
        choices[0] = wide[:-2] + BEND
        choices[1] = wide[1:-1]
        choices[2] = wide[2:] + BEND
        best = choices.argmin(0)
        back[step] = best - 1
        cost = choices[best, index] + error[step % angles]
    path = np.empty(2 * angles, np.int64)
    path[-1] = here = int(cost.argmin())
    for step in range(2 * angles - 1, 0, -1):
        path[step - 1] = here = min(max(here + int(back[step, here]), 0), radii - 1)
    half = angles // 2
    return np.roll(path[half : half + angles], half)


def worst_stretch(error: Floats, path: Ints) -> float:
    """Mean error of the worst twenty-fifth of a cut: what the eye would catch on."""
    along = np.sort(error[np.arange(len(path)), path])
    return float(along[-max(2, len(path) // 25) :].mean())
