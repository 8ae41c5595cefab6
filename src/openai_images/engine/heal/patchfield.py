"""The patch field: which source patch stands at each place of the output.

A nearest-neighbour field as in PatchMatch (Barnes, Shechtman, Finkelstein, Goldman, SIGGRAPH 2009),
kept whole: nearly everywhere it says "the patch from right here", and only where regions were
exchanged does it jump. Such a jump is a seam.
"""

from __future__ import annotations

import numpy as np

from ..filters import box_any, dilate
from ..pixels import Bools, Floats, Ints
from ..recompose.canvas import render
from ..recompose.framing import Framing
from ..source import Source

PATCH = 7
"""Pixels a side of a patch."""
HALF = PATCH // 2
MARGIN = 0.125
"""Source canvas around the frame, in frames."""


class PatchSource:
    """Where patches come from at one output size: the canvas, and its mirror image below it.

    A place in it is one number, ``row * side + column``; rows from ``side`` on lie in the mirror
    image. A field is an array (span, span) of such places, int32: the top left pixels of the
    patches whose top left output pixels are 0..span-1.

    size: output pixels a side. margin: canvas pixels around them. side: size + 2 margin.
    span: patches a side. pixels: (2 side side,) uint32. known: (2 side, side), what may be shown.
    usable: (2 side side,), whether the patch starting there is wholly known.
    home: the field that changes nothing.
    """

    def __init__(self, source: Source, framing: Framing, size: int, *, mirror: bool) -> None:
        self.size = size
        self.margin = int(np.ceil(MARGIN * size))
        self.side = side = size + 2 * self.margin
        self.span = size - PATCH + 1
        canvas, known = render(source, framing, size, self.margin)
        self.canvas = np.concatenate([canvas, canvas[:, ::-1]])
        self.pixels = self.canvas.ravel()
        self.known = np.concatenate([known, known[:, ::-1] & mirror])

        whole = ~box_any(~known, PATCH)
        usable = np.zeros((2 * side, side), np.bool_)
        usable[: side - PATCH + 1, : side - PATCH + 1] = whole
        usable[side : 2 * side - PATCH + 1, : side - PATCH + 1] = whole[:, ::-1] & mirror
        self.usable = usable.ravel()

        self._rows = np.arange(self.span, dtype=np.int32)[:, None]
        self._columns = np.arange(self.span, dtype=np.int32)[None]
        home = (self._rows + self.margin) * side + self._columns + self.margin
        self.home = home.astype(np.int32)

    def split(self, field: Ints) -> tuple[Ints, Ints, Ints]:
        """A field as shifts down and right of home, in pixels, and 1 where it is mirrored."""
        rows, columns = np.divmod(field, self.side)
        mirrored, rows = np.divmod(rows, self.side)
        return rows - self._rows - self.margin, columns - self._columns - self.margin, mirrored

    def join(self, down: Ints, right: Ints, mirrored: Ints) -> Ints:
        """The field of such shifts, kept inside the canvas."""
        rows = np.clip(self._rows + self.margin + down, 0, self.side - PATCH)
        columns = np.clip(self._columns + self.margin + right, 0, self.side - PATCH)
        field: Ints = ((rows + mirrored * self.side) * self.side + columns).astype(np.int32)
        return field

    def enlarge(self, field: Ints, finer: PatchSource) -> Ints:
        """The same field over a finer source: shifts grow with the size."""
        ratio = finer.size / self.size
        middles = (np.arange(finer.span) + HALF + 0.5) / ratio - 0.5
        nearest = np.clip(np.round(middles).astype(int) - HALF, 0, self.span - 1)
        here = np.ix_(nearest, nearest)
        down, right, mirrored = self.split(field)
        return finer.join(_scaled(down[here], ratio), _scaled(right[here], ratio), mirrored[here])

    def seams(self, field: Ints) -> Bools:
        """Patches with a neighbour that comes from elsewhere, (span, span)."""
        shift = field - self.home
        seam = np.zeros(field.shape, np.bool_)
        vertical = shift[1:] != shift[:-1]
        seam[1:] |= vertical
        seam[:-1] |= vertical
        horizontal = shift[:, 1:] != shift[:, :-1]
        seam[:, 1:] |= horizontal
        seam[:, :-1] |= horizontal
        return seam

    def seam_pixels(self, field: Ints) -> Bools:
        """Output pixels under patches on a seam, (size, size)."""
        seam = np.zeros((self.size, self.size), np.bool_)
        seam[: self.span, : self.span] = self.seams(field)
        return dilate(seam, 0, PATCH - 1)


def _scaled(shift: Ints, ratio: float) -> Ints:
    scaled: Ints = np.round(shift * ratio).astype(np.int32)
    return scaled


def window(sigma: float) -> Floats:
    """Gaussian weights over a patch, (PATCH, PATCH), summing to 1."""
    steps = np.arange(PATCH) - HALF
    weights = np.exp(-(steps[:, None] ** 2 + steps[None] ** 2) / (2 * sigma * sigma))
    share: Floats = (weights / weights.sum()).astype(np.float32)
    return share
