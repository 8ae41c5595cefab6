"""Cutting an arrangement out of the canvas, at 128 pixels a frame: seams of least error."""

from __future__ import annotations

import numpy as np

from ..filters import blur
from ..pixels import Floats, Ints
from .cutting import path_costs, trace
from .jumps import Band
from .sheet import CELLS, FOLD, RATIO, SIZE, Sheet, View
from .tours import Stretch, Tour

REACH = 24
"""Pixels on either side of a planned jump in which its cut may run."""
APART = 4
"""Pixels between a cut and the next one's reach, at least."""
SHIFTS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
"""Pixels by which a stretch is moved to fit better: half a cell."""
SEEN = 9
"""Pixels along a seam that the eye takes in at once."""
SMOOTH = 0.8
"""Blur of an error, in pixels: a cut between two edges is seen too."""


class Assembly:
    """Cuts tours out of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.side = sheet.patches.side

    def places(self, tours: tuple[Tour, ...], bands: tuple[Band, ...]) -> tuple[Ints, float]:
        """What stands at each pixel (128, 128), numbered as in `PatchSource`; the worst seam.

        The second tour, if there is one, shows below a cut in the rows it shares with the first.
        """
        places, worst = self._walked(tours[0], bands[0])
        if len(tours) > 1:
            lower, seam = self._walked(tours[1], bands[1])
            zone = slice(bands[1][0] * RATIO, bands[0][1] * RATIO)
            error = self._error(self._view(places[zone]), self._view(lower[zone]))
            error[places[zone] == lower[zone]] = 0
            path, meeting = _cut(np.ascontiguousarray(error.T)[None])[1:]
            below = np.arange(SIZE)[:, None] > path + zone.start
            places, worst = np.where(below, lower, places), max(worst, seam, meeting)
        return places, worst

    def _walked(self, tour: Tour, band: Band) -> tuple[Ints, float]:
        """Stretch after stretch, each cut in to the right of those before; the worst seam."""
        rows = slice(band[0] * RATIO, band[1] * RATIO)
        places = self._stretch(tour[0])
        worst, begin = 0.0, 0
        for stretch in tour[1:]:
            middle = stretch.start * RATIO
            zone = slice(max(begin + APART, middle - REACH), min(SIZE, middle + REACH))
            old = self._view(places[rows, zone])
            choices = [self._stretch(stretch, *shift) for shift in SHIFTS]
            errors = [self._error(old, self._view(each[rows, zone])) for each in choices]
            best, path, seam = _cut(np.stack(errors))
            path = np.pad(path + zone.start, (rows.start, SIZE - rows.stop), mode="edge")
            places = np.where(np.arange(SIZE) > path[:, None], choices[best], places)
            worst, begin = max(worst, seam), int(path.mean())
        return places, worst

    def _stretch(self, stretch: Stretch, down: int = 0, right: int = 0) -> Ints:
        """The whole frame as a stretch would show it, moved by some pixels."""
        patches, across = self.sheet.patches, np.arange(SIZE) - stretch.start * RATIO
        rows = np.arange(SIZE)[:, None] + patches.margin + stretch.rise * RATIO + down
        first = (self.sheet.first + stretch.column) * RATIO
        columns = first + right + (across if stretch.way > 0 else RATIO - 1 - across)
        rows = np.clip(rows, 0, self.side - 1)
        columns = np.clip(columns, 0, self.side - 1)
        if stretch.way < 0:
            rows, columns = rows + self.side, self.side - 1 - columns
        places: Ints = (rows * self.side + columns).astype(np.int32)
        return places

    def _view(self, places: Ints) -> View:
        rows, columns = np.divmod(places, self.side)
        mirrored = rows >= self.side
        return self.sheet.shown(
            self.sheet.pixels,
            rows % self.side,
            np.where(mirrored, self.side - 1 - columns, columns),
            mirrored,
        )

    def _error(self, one: View, other: View) -> Floats:
        error = blur(one.error(other), SMOOTH)
        error[one.folded(other, FOLD * RATIO)] += CELLS
        return error


def _cut(errors: Floats) -> tuple[int, Ints, float]:
    """Which of the errors (choices, steps, width) has the best path, that path, its worst part."""
    costs = path_costs(errors)
    best, end = divmod(int(costs[:, -1, 1:-1].argmin()), errors.shape[-1])
    path = trace(costs[best], end)
    along = errors[best][np.arange(len(path)), path]
    return best, path, float(np.convolve(along, np.ones(SEEN) / SEEN, "valid").max())
