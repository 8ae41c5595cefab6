"""The coarse composite on which regions are exchanged, seen in pixels and in cells.

It is 128 pixels or 64 cells a side, over a canvas with a margin around the frame. A *place* is a
pixel of the canvas or of its mirror image, numbered as in `patchfield`.
"""

from __future__ import annotations

import numpy as np

from ..filters import blur, local_variance
from ..heal.patchfield import HALF, PatchSource
from ..pixels import Bools, Floats, Ints, Packed, luma, pack_bytes, to_rgb, unpack
from ..recompose.canvas import render
from ..recompose.framing import Framing
from ..saliency import MIRRORED_ENERGIES, conspicuousness, describe, normalise
from ..source import Source

CELLS = 64
"""Cells a side of the frame."""
RATIO = 2
"""Pixels a side of a cell."""
SIZE = CELLS * RATIO
DETAIL = 4
"""Pixels a side of a cell in the picture its features are pooled from."""


class Ground:
    """The canvas and its mirror image in cells: everything about it that swaps do not change.

    features: (2, n, n, 7), three of colour and four of edge energy; variance: (2, n, n);
    conspicuous: (2, n, n); frame_conspicuous: its values on the known canvas. lettering: (n, n).
    free: (2, n, n), cells that may be shown elsewhere: known and without lettering.
    """

    def __init__(
        self, source: Source, framing: Framing, patches: PatchSource, *, mirror: bool
    ) -> None:
        margin = patches.margin // RATIO
        self.side = side = CELLS + 2 * margin
        pixels, _ = render(source, framing, CELLS * DETAIL, margin * DETAIL)
        cells = describe(pixels, DETAIL)
        fine = patches.known[: patches.side].reshape(side, RATIO, side, RATIO)
        known: Bools = np.logical_and.reduce(fine, (1, 3))
        used = known if known.any() else np.ones_like(known)
        colour, energy = normalise(cells, used)
        energies = np.stack([energy, energy[:, ::-1][..., MIRRORED_ENERGIES]])
        centred = energies - energy[used].mean(0)
        scatter = np.einsum("kyxa,kyxb->ab", centred, centred, dtype=np.float64)
        leading = np.linalg.eigh(scatter)[1][:, -4:].astype(np.float32)
        reduced = np.einsum("kyxa,ab->kyxb", centred, leading)
        self.features = np.concatenate([_both(colour), reduced], -1).astype(np.float32)
        self.variance = _both(cells.variance)
        conspicuous = conspicuousness(np.concatenate([colour, energy], -1), used, CELLS)
        self.conspicuous = _both(conspicuous).astype(np.float32)
        self.frame_conspicuous = conspicuous[used]
        self.lettering = framing.seen(source.lettering, CELLS, margin)
        free = known & ~self.lettering
        self.free = np.stack([free, free[:, ::-1] & mirror])


def _both(plane: Floats) -> Floats:
    """A plane and its mirror image."""
    return np.stack([plane, plane[:, ::-1]])


class Composite:
    """The picture in the making.

    places: (128, 128) int32, which place each pixel shows; known: whether it shows anything yet;
    changed: whether it was exchanged; colours: (128, 128, 3), 0..1; variance, relief: (128, 128),
    of the place shown; relief is how much lighter or darker it is than its surroundings. Attributes
    beginning with cell_ are the same in cells (64 a side): features, conspicuous, variance, known,
    and cell_origin, the canvas cell shown, or -1.
    """

    def __init__(self, patches: PatchSource, ground: Ground) -> None:
        self.patches, self.ground = patches, ground
        rows, columns = np.mgrid[:SIZE, :SIZE] + patches.margin
        self.places = (rows * patches.side + columns).astype(np.int32)
        self.known = patches.known.ravel()[self.places]
        self.changed = np.zeros((SIZE, SIZE), np.bool_)
        self.canvas = to_rgb(patches.canvas)
        self.canvas_variance = _both(local_variance(self.canvas[: patches.side], 7))
        self.canvas_variance = self.canvas_variance.reshape(2 * patches.side, patches.side)
        grey = luma(self.canvas[: patches.side])
        self.canvas_relief = np.concatenate(_both(np.abs(grey - blur(grey, 2.0))))
        self.relief = self.canvas_relief.ravel()[self.places]
        self.colours = self.canvas.reshape(-1, 3)[self.places] * self.known[..., None]
        self.variance = self.canvas_variance.ravel()[self.places]

        self.cell_features = np.zeros((CELLS, CELLS, ground.features.shape[-1]), np.float32)
        self.cell_conspicuous = np.zeros((CELLS, CELLS), np.float32)
        self.cell_variance = np.zeros((CELLS, CELLS), np.float32)
        self.cell_known = np.zeros((CELLS, CELLS), np.bool_)
        self.cell_origin = np.full((CELLS, CELLS), -1, np.int64)
        self._refresh(slice(0, CELLS), slice(0, CELLS))

    def cell_of(self, place: int) -> tuple[int, int, int]:
        """(mirror image 0 or 1, row, column) of the cell a place lies in."""
        row, column = divmod(place, self.patches.side)
        mirrored, row = divmod(row, self.patches.side)
        return mirrored, row // RATIO, column // RATIO

    def paste(self, rows: slice, columns: slice, where: Bools, places: Ints) -> None:
        """Show ``places`` where the mask says so, in a window of cells.

        where, places: (RATIO * height, RATIO * width) pixels of that window.
        """
        window = (_pixels(rows), _pixels(columns))
        chosen = places[where]
        self.places[window][where] = chosen
        self.known[window][where] = True
        self.changed[window][where] = True
        self.colours[window][where] = self.canvas.reshape(-1, 3)[chosen]
        self.relief[window][where] = self.canvas_relief.ravel()[chosen]
        self.variance[window][where] = self.canvas_variance.ravel()[chosen]
        self._refresh(rows, columns)

    def _refresh(self, rows: slice, columns: slice) -> None:
        """Bring the cells of a window up to date; the middle pixel speaks for its cell."""
        window = tuple(
            slice(cells.start * RATIO + RATIO // 2, cells.stop * RATIO, RATIO)
            for cells in (rows, columns)
        )
        known = self.known[window]
        row, column = np.divmod(self.places[window], self.patches.side)
        mirrored, row = np.divmod(row, self.patches.side)
        row, column = row // RATIO, column // RATIO
        cell, ground = (rows, columns), self.ground
        self.cell_known[cell] = known
        self.cell_features[cell] = ground.features[mirrored, row, column] * known[..., None]
        self.cell_conspicuous[cell] = ground.conspicuous[mirrored, row, column] * known
        self.cell_variance[cell] = ground.variance[mirrored, row, column]
        straight = np.where(mirrored == 1, ground.side - 1 - column, column)
        self.cell_origin[cell] = np.where(known, row * ground.side + straight, -1)

    def shown(self) -> Floats:
        """How many cells of the composite show each canvas cell, (2, n, n) float32."""
        side = self.ground.side
        origins = self.cell_origin[self.cell_origin >= 0]
        counts = np.bincount(origins, minlength=side * side).reshape(side, side)
        return _both(counts.astype(np.float32))

    def field(self) -> Ints:
        """The composite as a patch field over its patch source."""
        patches = self.patches
        inner = slice(HALF, HALF + patches.span)
        corner = self.places[inner, inner] - HALF * patches.side - HALF
        field: Ints = np.clip(corner, 0, patches.usable.size - 1)
        return field

    def picture(self) -> Packed:
        """The composite in pixels (128, 128); the unknown takes its surroundings' mean."""
        pixels: Packed = self.patches.pixels[self.places]
        if self.known.all():
            return pixels
        known = self.known[..., None].astype(np.float32)
        shown = unpack(pixels).astype(np.float32)
        mean = (shown * known).sum((0, 1)) / max(float(known.sum()), 1.0)
        around = (blur(shown * known, 6) + 1e-3 * mean) / (blur(known, 6) + 1e-3)
        return pack_bytes((np.where(known > 0, shown, around) + 0.5).astype(np.uint8))


def _pixels(cells: slice) -> slice:
    return slice(cells.start * RATIO, cells.stop * RATIO)
