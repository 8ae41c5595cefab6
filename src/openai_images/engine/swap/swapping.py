"""Step 2: regions of the ground are replaced by others that resemble them.

The loop draws a place, `candidates` finds what could stand there, `grafts` cuts it out, and the
best is pasted unless its seam would cut something. Unknown ground is filled the same way first.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..filters import blur, dilate
from ..heal.patchfield import PatchSource
from ..pixels import Bools, Floats, Ints, Packed
from ..recompose.framing import Framing
from ..source import Source
from .candidates import RegionSearch, Scores, Template
from .composite import CELLS, RATIO, SIZE, Composite, Ground
from .grafts import Graft, Region, graft
from .parameters import SwapParameters

RELAXATIONS = 4
"""How often the likeness asked for is relaxed, by 1.3 each time, when nothing fits."""
IMPOSSIBLE = np.float32(1e9)


def exchange(
    source: Source,
    framing: Framing,
    rng: np.random.Generator,
    strength: float,
    go_on: Callable[[], None],
    *,
    mirror: bool,
) -> tuple[PatchSource, Ints, Packed]:
    """Regions of a texture exchanged: patch source, field and picture of 128 pixels a side."""
    patches = PatchSource(source, framing, SIZE, mirror=mirror)
    composite = Swapper(source, framing, patches, rng, strength, mirror=mirror).run(go_on)
    return patches, composite.field(), composite.picture()


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
        self.parameters = SwapParameters.of(strength, self.ground.frame_conspicuous)
        self.likeness = self.parameters.likeness
        margin = patches.margin // RATIO
        frame = slice(margin, margin + CELLS)
        self.lettering = self.ground.lettering[frame, frame]
        self.kept = self.lettering | (self.composite.cell_conspicuous > self.parameters.subject)
        self.share = (
            0.0 if source.is_drawing else self.parameters.share * float((~self.kept).mean())
        )

    def run(self, go_on: Callable[[], None]) -> Composite:
        """Fill what is unknown, then exchange; the composite is changed in place and returned.

        go_on: called before each step; what it raises passes through.
        """
        failures = relaxed = 0
        for _ in range(self.parameters.tries):
            go_on()
            if not self.composite.cell_known.all():
                self._fill(self._unknown_region())
                continue
            changed = self.composite.changed[::RATIO, ::RATIO]
            chance = np.exp(-self.composite.cell_conspicuous / self.parameters.boldness) * ~changed
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
        radius = round(CELLS * self.rng.uniform(0.08, self.parameters.largest))
        return Region(row, column, radius)

    def _exchange(self, region: Region) -> bool:
        """Replace a region by one that resembles it; False if none does well enough."""
        parameters, composite = self.parameters, self.composite
        conspicuous = composite.cell_conspicuous[region.window]
        if self.kept[region.window][region.inner].mean() > 0.2:
            return False
        if self.lettering[region.window][region.around].any():
            return False
        weight = np.where(region.inner, parameters.context, region.around) * 1.0
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
            + parameters.doubling * self.likeness * np.maximum(scores.conspicuous - present, 0)
            + parameters.crowding * self.likeness * scores.crowd
        )
        cost[~self._possible(region, scores)] = IMPOSSIBLE
        if cost.min() > self.likeness:
            return False
        grafts = self._try_grafts(region, cost, self.likeness, self.likeness * 0.12, tries=4)
        best = min(grafts, key=lambda each: each.error, default=None)
        if best is None or best.error > parameters.seam:
            return False
        self._paste(best)
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
        for best in self._try_grafts(region, cost, limit, sharp, tries=1):
            self._paste(best)

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
        same = max(self.parameters.distance, 0.75 * region.radius)
        reflected = 2.6 * region.radius
        least = (reflected, same) if mirrored else (same, reflected)
        possible[0] &= np.hypot(rows - row, columns - straight) >= least[0]
        possible[1] &= np.hypot(rows - row, side - 1 - columns - straight) >= least[1]
        return possible

    def _try_grafts(
        self, region: Region, cost: Floats, limit: float, sharp: float, tries: int
    ) -> list[Graft]:
        """Candidates drawn at random, cheap ones more often, and cut to fit."""
        chance = np.exp(-np.minimum((cost - cost.min()) / sharp, 50)).astype(np.float64)
        chance[cost > limit] = 0
        chance = chance.ravel() / chance.sum()
        grafts = []
        for choice in self.rng.choice(chance.size, tries, p=chance):
            mirrored, rest = divmod(int(choice), self.ground.side**2)
            row, column = divmod(rest, self.ground.side)
            piece = graft(self.composite, region, mirrored, row, column)
            if piece is not None:
                grafts.append(piece)
        return grafts

    def _paste(self, piece: Graft) -> None:
        self.composite.paste(piece.region.rows, piece.region.columns, piece.where, piece.places)
        self.crowd = self.search.crowd(self.composite.shown())


def _smoothness(variance: Floats) -> Floats:
    """A colour step shows on smooth ground and hides on busy ground: weights 0.5 to 40."""
    return np.clip(1 / (0.025 + variance / 0.004), 0.5, 40.0)
