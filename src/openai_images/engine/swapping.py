"""Step 2: regions of the ground are replaced by others that resemble them.

The loop draws a place, `candidates` finds what could stand there, `cutting` a seam for it, and the
best is pasted unless its seam would cut something. Unknown ground is filled the same way first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .candidates import RegionSearch, Scores, Template
from .composite import CELLS, RATIO, Composite, Ground
from .cutting import Polar, closed_path, worst_stretch
from .filters import blur, dilate
from .framing import Framing
from .patchfield import PatchSource
from .pixels import Bools, Floats, Ints
from .source import Source

RELAXATIONS = 4
"""How often the likeness asked for is relaxed, by 1.3 each time, when nothing fits."""
IMPOSSIBLE = np.float32(1e9)


@dataclass(frozen=True)
class Taste:
    """How free the exchange is; every value follows from the strength, 0..1.

    likeness: greatest cost of a candidate. context: weight of a region's surroundings' share that
    its own content keeps in the match, 0..1. doubling, crowding: price, in likenesses, of showing
    something more conspicuous than before, and of showing it once more. subject: conspicuousness
    above which a place is left alone. share: of the picture to exchange. seam: worst seam taken.
    """

    likeness: float
    context: float
    doubling: float
    crowding: float
    subject: float
    share: float
    seam: float
    largest: float
    boldness: float
    tries: int

    @classmethod
    def of(cls, strength: float, conspicuous: Floats) -> Taste:
        low, middle, high = np.percentile(conspicuous, [5, 50, 95])
        prominent = np.percentile(conspicuous, 70 + 20 * strength)
        uniform = float(np.clip(1 - (high - low) / (middle + 0.1), 0, 1))
        return cls(
            likeness=0.6 * (0.18 + 0.75 * strength) ** 2 * (1 + 1.6 * uniform),
            context=1 - 0.75 * strength,
            doubling=10 * (1 - 0.8 * strength),
            crowding=6 * (1 - 0.8 * strength),
            subject=float(np.clip(prominent, 0.15, 0.3 + 0.2 * strength**2)),
            share=min(1.0, 1.7 * strength),
            seam=(1.0 + 1.4 * strength) * (1 + 0.6 * uniform),
            largest=0.08 + 0.14 * (0.4 + strength),
            boldness=0.15 + 0.6 * strength**2,
            tries=int(60 + 160 * strength),
        )


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


class Swapper:
    """Exchanges regions of a composite until enough has changed or nothing more fits."""

    def __init__(
        self,
        source: Source,
        framing: Framing,
        patches: PatchSource,
        rng: np.random.Generator,
        strength: float,
        *,
        mirror: bool,
    ) -> None:
        self.rng = rng
        self.ground = Ground(source, framing, patches, mirror=mirror)
        self.composite = Composite(patches, self.ground)
        self.search = RegionSearch(self.ground)
        self.crowd = self.search.crowd(self.composite.shown())
        self.taste = Taste.of(strength, self.ground.frame_conspicuous)
        self.likeness = self.taste.likeness
        margin = patches.margin // RATIO
        frame = slice(margin, margin + CELLS)
        self.lettering = self.ground.lettering[frame, frame]
        self.kept = self.lettering | (self.composite.cell_conspicuous > self.taste.subject)
        self.share = 0.0 if source.is_drawing else self.taste.share * float((~self.kept).mean())

    def run(self, go_on: Callable[[], None]) -> Composite:
        """Fill what is unknown, then exchange; the composite is changed in place and returned.

        go_on: called before each step; what it raises passes through.
        """
        failures = relaxed = 0
        for _ in range(self.taste.tries):
            go_on()
            if not self.composite.cell_known.all():
                self._fill(self._unknown_region())
                continue
            changed = self.composite.changed[::RATIO, ::RATIO]
            chance = np.exp(-self.composite.cell_conspicuous / self.taste.boldness) * ~changed
            chance[self.kept] = 0
            done = float(changed.mean())
            if done >= self.share or chance.sum() < 1e-3:
                break
            if failures >= 16:
                if relaxed >= RELAXATIONS or done >= 0.4 * self.share:
                    break
                self.likeness *= 1.3
                relaxed, failures = relaxed + 1, 0
            failures = 0 if self._exchange(self._exchange_region(chance)) else failures + 1
        return self.composite

    def _unknown_region(self) -> Region:
        unknown = ~self.composite.cell_known
        rim = unknown & dilate(self.composite.cell_known, 1, 1)
        places = np.argwhere(rim if rim.any() else unknown)
        row, column = places[self.rng.integers(len(places))]
        radius = round(CELLS * self.rng.uniform(0.07, 0.13))
        return Region(int(row), int(column), radius)

    def _exchange_region(self, chance: Floats) -> Region:
        weights = chance.ravel() / chance.sum()
        row, column = divmod(int(self.rng.choice(len(weights), p=weights)), CELLS)
        radius = round(CELLS * self.rng.uniform(0.08, self.taste.largest))
        return Region(row, column, radius)

    def _exchange(self, region: Region) -> bool:
        """Replace a region by one that resembles it; False if none does well enough."""
        taste, composite = self.taste, self.composite
        conspicuous = composite.cell_conspicuous[region.window]
        if self.kept[region.window][region.inner].mean() > 0.2:
            return False
        if self.lettering[region.window][region.around].any():
            return False
        weight = np.where(region.inner, taste.context, region.around) * 1.0
        weight = weight * composite.cell_known[region.window]
        if weight.sum() < 6:
            return False
        need = region.inner.astype(np.float32)
        template = Template(
            composite.cell_features[region.window],
            weight * _smoothness(composite.cell_variance[region.window]),
            weight,
            need,
        )
        scores = self.search.scores(template, self.crowd)
        present = float((conspicuous * need).sum() / need.sum())
        cost = (
            scores.cost
            + taste.doubling * self.likeness * np.maximum(scores.conspicuous - present, 0)
            + taste.crowding * self.likeness * scores.crowd
        )
        cost[~self._possible(region, scores)] = IMPOSSIBLE
        if cost.min() > self.likeness:
            return False
        cuts = self._try_cuts(region, cost, self.likeness, self.likeness * 0.12, tries=4)
        if not cuts:
            return False
        cut = min(cuts, key=lambda each: each.error)
        if cut.error > taste.seam:
            return False
        self._paste(cut)
        return True

    def _fill(self, region: Region) -> None:
        """Continue the known surroundings into unknown ground, with the best there is."""
        composite = self.composite
        known = composite.cell_known[region.window]
        features = composite.cell_features[region.window]
        weight = (region.around & known).astype(np.float32)
        if weight.sum() < 6:
            weight = weight + 0.01
        spread = blur(np.concatenate([features, known[..., None]], -1) * known[..., None], 2.5)
        guess = spread[..., :-1] / np.maximum(spread[..., -1:], 1e-3)
        guessed = (region.around & ~known) * 0.35 * np.minimum(1, spread[..., -1] * 3)
        need = (region.around & ~known) | (region.distance <= region.radius * 0.5)
        template = Template(
            np.where(known[..., None], features, guess),
            weight * _smoothness(composite.cell_variance[region.window]) + guessed,
            weight + guessed,
            need.astype(np.float32),
        )
        scores = self.search.scores(template, self.crowd)
        possible = self._possible(region, scores)
        if not possible.any():
            possible[0, 0, 0] = True
        scale = max(self.likeness, float(scores.cost[possible].min()))
        cost = scores.cost + 0.15 * scale * scores.conspicuous + 2 * scale * scores.crowd
        cost[~possible] = IMPOSSIBLE
        least = float(cost.min())
        limit, sharp = max(self.likeness, least * 1.05), max(least * 0.05, self.likeness * 0.03)
        for cut in self._try_cuts(region, cost, limit, sharp, tries=1):
            self._paste(cut)

    def _possible(self, region: Region, scores: Scores) -> Bools:
        """Shifts that are wholly known, inside the canvas, and neither the region itself nor, next
        to it, its own mirror image."""
        possible = scores.unknown < 0.5
        height, width = region.distance.shape
        side = self.ground.side
        possible[:, side - height + 1 :] = False
        possible[:, :, side - width + 1 :] = False
        here = (
            min(CELLS * RATIO - 1, region.row * RATIO + RATIO // 2),
            min(CELLS * RATIO - 1, region.column * RATIO + RATIO // 2),
        )
        mirrored, row, column = self.composite.cell_of(int(self.composite.places[here]))
        straight = side - 1 - column if mirrored else column
        rows = np.arange(side)[:, None] + region.row - region.rows.start
        columns = np.arange(side)[None] + region.column - region.columns.start
        same = max(2.0, 0.75 * region.radius)
        reflected = 2.6 * region.radius
        least = (reflected, same) if mirrored else (same, reflected)
        possible[0] &= np.hypot(rows - row, columns - straight) >= least[0]
        possible[1] &= np.hypot(rows - row, side - 1 - columns - straight) >= least[1]
        return possible

    def _try_cuts(
        self, region: Region, cost: Floats, limit: float, sharp: float, tries: int
    ) -> list[_Cut]:
        """Cuts around candidates drawn at random, cheap ones more often."""
        chance = np.exp(-np.minimum((cost - cost.min()) / sharp, 50)).astype(np.float64)
        chance[cost > limit] = 0
        chance = chance.ravel() / chance.sum()
        cuts = []
        for choice in self.rng.choice(chance.size, tries, p=chance):
            mirrored, rest = divmod(int(choice), self.ground.side**2)
            row, column = divmod(rest, self.ground.side)
            cut = _cut(self.composite, region, mirrored, row, column)
            if cut is not None:
                cuts.append(cut)
        return cuts

    def _paste(self, cut: _Cut) -> None:
        self.composite.paste(cut.region.rows, cut.region.columns, cut.where, cut.places)
        self.crowd = self.search.crowd(self.composite.shown())


def _smoothness(variance: Floats) -> Floats:
    """A colour step shows on smooth ground and hides on busy ground: weights 0.5 to 40."""
    return np.clip(1 / (0.025 + variance / 0.004), 0.5, 40.0)


@dataclass(frozen=True)
class _Cut:
    """A region's replacement: which pixels of its window show which places, and how its seam is."""

    region: Region
    where: Bools
    places: Ints
    error: float


def _cut(composite: Composite, region: Region, mirrored: int, row: int, column: int) -> _Cut | None:
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
    return _Cut(region, where, places, worst_stretch(sampled, path))


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
            error = float(np.einsum("ijk,ijk,ij->", difference, difference, ring))
            error += 10 * int((~valid[here] & core).sum())
            if error < least:
                best, least = (row, column), error
    return best
