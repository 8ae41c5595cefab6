"""The canvas of a scene as pieces of it are laid beside each other, and what a seam there costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..filters import blur, box_extreme, dilate, local_variance
from ..heal.patchfield import PatchSource
from ..pixels import Bools, Floats, Ints, luma, to_rgb
from ..recompose.framing import Framing
from ..source import Source

CELLS = 64
"""Cells a side of the frame, at which arrangements are planned."""
RATIO = 2
"""Pixels a side of a cell; at those pixels arrangements are cut out."""
SIZE = CELLS * RATIO
FLAT = np.float32(0.0036)
"""Variance (of brightness 0..1, three channels) below which ground counts as equally flat: a step
of 0.06 there costs 1."""
WORST = np.float32(10)
"""A seam cannot look worse than this."""
CONVEX = np.float32(0.3)
"""Share of the squared error: one bad spot shows more than many that are half as bad."""
THING = np.float32(10)
"""Price of a seam through what is surely a thing. Different textures side by side cost about 1."""
WHOLE = np.float32(200)
"""The same through what is found once: so much that no cut is planned there, nor taken, as one
pixel of it in nine is more than the worst that may be."""
SINGLE, LEAST_SINGLE = 7.0, (0.21, 0.61)
"""Times the median of `Source.single` from which, and within which bounds, a place is found once.
So dogs, an ostrich, horses stand out white on black, and of canyons, hills, a beach full of people
nothing. With four sevenths of it all and `SURELY` 1, on all 66 pictures, 0.19 is rearranged at
strength 0.8 for 0.36, and 0.17 at 0.5 for 0.27; of forty other pictures one boat more stays whole.
The upper bound, for busy pictures, keeps people whole."""
SURELY = np.float32(7)
"""How steeply sureness rises from there: to 1 a seventh above. As `WHOLE` is many times the error
of the worst seam, a faint doubt would forbid one just as well."""
REPEATS = 0.2
"""`Source.single` below which the map of things counts for less: that tells what stands out most,
also where nothing does. The median of 11 of 14 landscapes lies below."""
BESIDE = 5
"""Cells around what is found once in which a thing is of one body with it."""
LINE = np.float32(140)
"""Price of a seam through a line that stands upright before its ground: a mast, a tripod's leg,
which the variance of its own place would pass off as texture. Two pixels of it among nine are twice
the worst that may be: with 50 a piece of his tripod stood by itself in all of a photographer's six
variations at strength 0.8, with this one in none."""
SPECK = np.float32(28)
"""The same through what is as thin but no line: the rim of a ball, a twig. With 20 a sickle stayed
where a ball was cut, and an elephant of leaves lost its back. Of 66 pictures at strength 0.8, 0.41
is rearranged with 140, 0.43 with this one, 0.47 with none."""
THIN = 7
"""Pixels of 128 a frame, an odd number, below which what is lighter or darker counts as thin."""
TALL = 13
"""Pixels of 128 a frame, an odd number, from which what is thin is a line: a tenth of a side."""
SLOPES = tuple(step / 4 for step in range(-6, 7))
"""Pixels aside for each pixel down, of lines that are looked for: what lies flatter is a horizon or
an edge that goes on beyond a seam."""
WHOLE_LINE = 0.5, 0.65
"""Share of a line that must be thin for it to count at all, and in full: the rest are its gaps, as
where a leg meets the tripod."""
MATTERS = 3.5
"""Times the mean of what matters (`Source.keep`) from which a seam is dear; full at twice that."""
LETTER = np.float32(64)
"""The same through lettering, which is thereby left out."""
UNKNOWN = np.float32(2)
"""The same for ground that is not known."""
BORDER = np.float32(3)
"""The same beside the border of the known canvas: what that cuts would be cut on both sides."""
RIM = 4
"""Cells beside the border of the known canvas in which a seam costs as much as one through a thing:
what the border cuts there would be cut on both sides."""
FOLD = 12
"""Cells within which a piece may not meet its own mirror image: it would show as a V."""


@dataclass(frozen=True)
class View:
    """Some of the canvas: all arrays of one shape, but colours with channels behind.

    guard: what any seam there costs. signed: column of the canvas from 1 on, negative if mirrored.
    """

    colours: Floats
    variance: Floats
    guard: Floats
    signed: Ints

    def window(self, *here: slice | int | None) -> View:
        """Part of it; None makes a new axis."""
        return View(self.colours[here], self.variance[here], self.guard[here], self.signed[here])

    def error(self, other: View) -> Floats:
        """What a seam between two views costs at each place, 0 to about 45.

        Squared differences in units of the variance of both, as seams hide in texture (compare
        Kwatra and others, "Graphcut textures", SIGGRAPH 2003).
        """
        shape = np.broadcast_shapes(self.variance.shape, other.variance.shape)
        error = np.zeros(shape, np.float32)
        for channel in range(self.colours.shape[-1]):
            difference = self.colours[..., channel] - other.colours[..., channel]
            error += difference * difference
        error /= np.float32(1.5) * (self.variance + other.variance) + FLAT
        np.minimum(error, WORST, out=error)
        error += CONVEX * error * error
        error += np.maximum(self.guard, other.guard)
        return error

    def folded(self, other: View, reach: int) -> Bools:
        """Where the other view shows the mirror image of what is near, within so many columns."""
        together: Ints = self.signed + other.signed
        return np.abs(together) < reach


class Sheet:
    """A scene's canvas, in cells and in pixels of 128 a frame.

    side, margin: in cells, as in `PatchSource`. first, last: columns known at nearly all heights.
    cells, pixels: all of the canvas as a View; the features of cells are colour and two gradients.
    things: (side, side) 0..1, as in `Source`, lettering too; sure: the same, what is found once;
    body: with the things that belong to it. letters: the same, as in `Source`. keep: the same, how
    much each place matters: 1 in all lettering, 1 in all the picture.
    """

    def __init__(self, source: Source, framing: Framing, patches: PatchSource) -> None:
        self.patches = patches
        self.margin = margin = patches.margin // RATIO
        self.side = side = patches.side // RATIO
        fine = to_rgb(patches.canvas[: patches.side])
        by_cell = patches.known[: patches.side].reshape(side, RATIO, side, RATIO)
        known: Bools = np.logical_and.reduce(by_cell, (1, 3))
        inner = slice(margin, margin + CELLS)
        columns = np.nonzero(known[inner].mean(0) > 0.95)[0]
        self.first, self.last = (int(columns[0]), int(columns[-1])) if len(columns) else (0, 0)

        seen = framing.seen(source.things, CELLS, margin)
        single = framing.seen(source.single, CELLS, margin)
        least = np.clip(SINGLE * np.median(source.single), *LEAST_SINGLE)
        self.sure = np.clip(SURELY * (single / least - 1), 0, 1).astype(np.float32)
        seen = seen * np.clip(single / REPEATS, 0, 1)
        letters = framing.seen(source.lettering, CELLS, margin)
        self.things = np.maximum(np.clip(3 * seen - 1.2, 0, 1), letters).astype(np.float32)
        keep = np.zeros((side, side))
        keep[inner, inner] = framing.seen(source.keep, CELLS, margin)[inner, inner]
        self.keep = keep / max(float(keep.sum()), 1e-9) + letters / max(int(letters.sum()), 1)
        self.letters = letters
        self.body = np.maximum(self.sure, self.things * dilate(self.sure > 0.5, BESIDE, BESIDE))

        usual = max(float(keep[inner, inner].mean()), 1e-9)
        matters = np.clip(keep / (MATTERS * usual) - 1, 0, 1)
        guard = np.maximum(THING * np.maximum(self.things, matters), UNKNOWN * ~known)
        guard = np.maximum(guard, WHOLE * self.sure)
        guard[letters] = LETTER
        guard[:, : self.first + RIM] = np.maximum(guard[:, : self.first + RIM], BORDER)
        guard[:, self.last + 1 - RIM :] = np.maximum(guard[:, self.last + 1 - RIM :], BORDER)
        thin = _thin(luma(fine))
        lines = np.maximum(LINE * _upright(thin), SPECK * thin)
        fine_guard = np.kron(guard, np.ones((RATIO, RATIO))).astype(np.float32)
        fine_guard = np.maximum(fine_guard, lines)
        by_cell = lines.reshape(side, RATIO, side, RATIO)
        guard = np.maximum(guard, by_cell.max((1, 3))).astype(np.float32)
        colours = _means(fine)
        variance = _means(local_variance(fine, 7)[..., None])[..., 0]
        features = np.concatenate([colours, _gradients(luma(colours))], -1)
        self.cells = View(features, variance, guard, _signed(side))
        self.pixels = View(fine, local_variance(fine, 5), fine_guard, _signed(patches.side))

    def index(self, rows: Ints, columns: Ints, mirrored: Bools) -> Ints:
        """Numbers of cells of the canvas and, after them, of its mirror image, both by where they
        stand in the canvas."""
        numbers: Ints = (mirrored * self.side + rows) * self.side + columns
        return numbers

    def shown(self, view: View, rows: Ints, columns: Ints, mirrored: Bools) -> View:
        """What of ``cells`` or ``pixels`` stands at such places of the canvas."""
        side = len(view.variance)
        places = np.clip(rows, 0, side - 1) * side + np.clip(columns, 0, side - 1)
        return View(
            view.colours.reshape(side * side, -1)[places],
            view.variance.take(places),
            view.guard.take(places),
            np.where(mirrored, -(columns + 1), columns + 1),
        )


def _means(fine: Floats) -> Floats:
    side = len(fine) // RATIO
    means: Floats = fine.reshape(side, RATIO, side, RATIO, -1).mean((1, 3))
    return means


def _gradients(grey: Floats) -> Floats:
    """Across (without its sign, which a mirror changes) and down, as channels."""
    across, down = np.zeros_like(grey), np.zeros_like(grey)
    across[:, 1:-1] = np.abs(grey[:, 2:] - grey[:, :-2]) / 2
    down[1:-1] = (grey[2:] - grey[:-2]) / 2
    return np.stack([across, down], -1)


def _thin(grey: Floats) -> Floats:
    """How surely each pixel is of something thin that stands out from what is usual there, 0..1.

    What a morphological closing fills (dark) or an opening takes away (light).
    """
    plane = (grey * 255).astype(np.uint8)
    closed = box_extreme(box_extreme(plane, THIN, np.maximum), THIN, np.minimum)
    opened = box_extreme(box_extreme(plane, THIN, np.minimum), THIN, np.maximum)
    relief = np.maximum(closed - plane, plane - opened).astype(np.float32) / np.float32(255)
    surely = np.clip((relief - np.float32(2.5) * blur(relief, 8.0)) / np.float32(0.12), 0, 1)
    # What is one pixel wide is found in dots: a cut would slip through between them.
    joined = box_extreme((surely * 255).astype(np.uint8), 3, np.maximum)
    return joined.astype(np.float32) / np.float32(255)


def _upright(thin: Floats) -> Floats:
    """How surely each pixel lies on a line that stands upright, gaps included, 0..1.

    A directional opening that forgives gaps: the mean along a line, spread over all of it.
    """
    height, width = thin.shape
    half = TALL // 2
    room = round(max(SLOPES) * half)
    found = np.zeros_like(thin)
    for slope in SLOPES:
        steps = [(down, round(slope * down)) for down in range(-half, half + 1)]
        padded = np.pad(thin, ((half, half), (room, room)))
        mean = np.zeros_like(thin)
        for down, right in steps:
            mean += padded[half + down :, room + right :][:height, :width]
        padded = np.pad(mean / TALL, ((half, half), (room, room)))
        for down, right in steps:
            np.maximum(found, padded[half - down :, room - right :][:height, :width], out=found)
    least, all_of_it = WHOLE_LINE
    surely: Floats = np.clip((found - np.float32(least)) / np.float32(all_of_it - least), 0, 1)
    return surely


def _signed(side: int) -> Ints:
    columns: Ints = np.arange(1, side + 1)[None].repeat(side, 0)
    return columns
