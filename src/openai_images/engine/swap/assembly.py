"""Cutting an arrangement out of the canvas, at 128 pixels a frame: seams of least error."""

from __future__ import annotations

import numpy as np

from ..filters import blur
from ..pixels import Bools, Floats, Ints
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
    """Cuts tours out of a sheet, as long as no stretch of a seam has an error above ``worst``."""

    def __init__(self, sheet: Sheet, worst: float) -> None:
        self.sheet, self.worst = sheet, worst
        self.side = sheet.patches.side
        self._walks: dict[tuple[Tour, Band], Ints | None] = {}

    def places(self, tours: tuple[Tour, ...], bands: tuple[Band, ...]) -> Ints | None:
        """What stands at each pixel (128, 128), numbered as in `PatchSource`; None with a bad seam.

        The second tour, if there is one, shows below a cut in the rows it shares with the first.
        """
        upper = self._walked(tours[0], bands[0])
        if upper is None or len(tours) == 1:
            return upper
        lower = self._walked(tours[1], bands[1])
        if lower is None:
            return None
        zone = slice(bands[1][0] * RATIO, bands[0][1] * RATIO)
        errors = self._errors(self._view(upper[zone]), [self._view(lower[zone])])
        errors[:, upper[zone] == lower[zone]] = 0
        path, seam = _cut(np.ascontiguousarray(errors.swapaxes(1, 2)))[1:]
        if seam > self.worst:
            return None
        below = np.arange(SIZE)[:, None] > path + zone.start
        return np.where(below, lower, upper)

    def _walked(self, tour: Tour, band: Band) -> Ints | None:
        """`_walk`, which many arrangements share."""
        if (tour, band) not in self._walks:
            self._walks[tour, band] = self._walk(tour, band)
        return self._walks[tour, band]

    def _walk(self, tour: Tour, band: Band) -> Ints | None:
        """Stretch after stretch, each cut in to the right of those before."""
        rows = slice(band[0] * RATIO, band[1] * RATIO)
        everywhere = np.arange(SIZE)
        places = self._stretch(tour[0], everywhere, everywhere)
        begin = 0
        for stretch in tour[1:]:
            middle = stretch.start * RATIO
            zone = slice(max(begin + APART, middle - REACH), min(SIZE, middle + REACH))
            old = self._view(places[rows, zone])
            down, across = (np.arange(part.start - 1, part.stop + 1) for part in (rows, zone))
            around = self._view(self._stretch(stretch, down, across))
            choices = [_moved(around, lower, stretch.way * right) for lower, right in SHIFTS]
            best, path, seam = _cut(self._errors(old, choices))
            if seam > self.worst:
                return None
            path = np.pad(path + zone.start, (rows.start, SIZE - rows.stop), mode="edge")
            fitted = self._stretch(stretch, everywhere, everywhere, *SHIFTS[best])
            places = np.where(everywhere > path[:, None], fitted, places)
            begin = int(path.mean())
        return places

    def _stretch(
        self, stretch: Stretch, down: Ints, across: Ints, lower: int = 0, right: int = 0
    ) -> Ints:
        """What a stretch, moved by some pixels, would show at rows and columns of the frame."""
        patches = self.sheet.patches
        rows = down[:, None] + patches.margin + stretch.rise * RATIO + lower
        first = (self.sheet.first + stretch.column) * RATIO
        across = across - stretch.start * RATIO
        columns = first + right + (across if stretch.way > 0 else RATIO - 1 - across)
        rows = np.clip(rows, 0, self.side - 1)
        columns = np.clip(columns, 0, self.side - 1)
        if stretch.way < 0:
            rows, columns = rows + self.side, self.side - 1 - columns
        places: Ints = (rows * self.side + columns).astype(np.int32)
        return places

    def cells(self, places: Ints) -> Ints:
        """What stands at each cell, as in `Sheet.index`. places: (..., 128, 128)."""
        rows, columns, mirrored = self._canvas(places[..., ::RATIO, ::RATIO])
        return self.sheet.index(rows // RATIO, columns // RATIO, mirrored)

    def _view(self, places: Ints) -> View:
        return self.sheet.shown(self.sheet.pixels, *self._canvas(places))

    def _canvas(self, places: Ints) -> tuple[Ints, Ints, Bools]:
        """Rows and columns of the canvas, and whether its mirror image is shown."""
        rows, columns = np.divmod(places, self.side)
        mirrored = rows >= self.side
        return rows % self.side, np.where(mirrored, self.side - 1 - columns, columns), mirrored

    def _errors(self, one: View, others: list[View]) -> Floats:
        """Of seams between one view and each of the others, (others, rows, columns)."""
        planes = blur(np.stack([one.error(other) for other in others], -1), SMOOTH)
        errors = np.ascontiguousarray(np.moveaxis(planes, -1, 0))
        for error, other in zip(errors, others, strict=True):
            error[one.folded(other, FOLD * RATIO)] += CELLS
        return errors


def _moved(view: View, down: int, right: int) -> View:
    """All of a view but its rim of one pixel, moved by no more than that."""
    height, width = view.variance.shape
    rows = slice(1 + down, height - 1 + down)
    return view.window(rows, slice(1 + right, width - 1 + right))


def _cut(errors: Floats) -> tuple[int, Ints, float]:
    """Which of the errors (choices, steps, width) has the best path, that path, its worst part."""
    costs = path_costs(errors)
    best, end = divmod(int(costs[:, -1, 1:-1].argmin()), errors.shape[-1])
    path = trace(costs[best], end)
    along = errors[best][np.arange(len(path)), path]
    return best, path, float(np.convolve(along, np.ones(SEEN) / SEEN, "valid").max())
