"""Step 3: seams are matched again, patch by patch, and blended.

Expectation-maximisation as in Wexler et al. (PAMI 2007) with the candidates of PatchMatch (Barnes
et al., SIGGRAPH 2009): what the neighbours show, shifted, and a jitter of one pixel. Only patches
on or beside a seam take part: the cost follows the length of the seams, not the picture's size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..filters import dilate
from ..pixels import Bools, Floats, Ints, Packed, unpack
from ..saliency import whole_numbers
from .patchfield import PATCH, PatchSource, window
from .voting import vote

SEAM_WIDTH = 3
"""Patches on either side of a seam that are matched again."""
NEW_PENALTY = 1.6
"""How much worse a match from anywhere must look before it counts as worse than a neighbour's."""
JITTER_PENALTY = 1.3
UNMATCHED = np.float32(1e12)
BLEND = window(1.5)
"""The window of a level's last vote: narrow, so that blends stay sharp."""


@dataclass(frozen=True)
class Effort:
    """How hard one level works: rounds of matching and voting, of these with a search over the
    whole source, how far to look for neighbours' offsets, and every how many pixels of a patch to
    compare."""

    rounds: int
    searches: int
    jumps: tuple[int, ...]
    spacing: int


THOROUGH = Effort(rounds=2, searches=0, jumps=(1, 3, 6), spacing=2)
QUICK = Effort(rounds=1, searches=0, jumps=(2, 5), spacing=3)


def coarsest(holes: bool) -> Effort:
    """The effort at the coarsest level, where whole regions may still have to be found."""
    return Effort(rounds=3, searches=2 if holes else 1, jumps=(1, 3, 6), spacing=2)


def heal(source: PatchSource, field: Ints, picture: Packed, effort: Effort) -> tuple[Ints, Packed]:
    """The field with its seams matched again, and the picture it now makes.

    picture: (size, size), what the result should look like: the guide of the first round.
    """
    search = WholeSearch(source, effort.spacing) if effort.searches else None
    for step in range(effort.rounds):
        active = dilate(source.seams(field), SEAM_WIDTH, SEAM_WIDTH)
        if step == 0:
            active |= ~source.usable[field]
        if not active.any():
            break
        matching = _Matching(source, field, picture, active, effort.spacing)
        matching.try_neighbours(effort.jumps)
        if search is not None and step < effort.searches:
            matching.consider(search.nearest(matching.targets), NEW_PENALTY)
        matching.try_jitter()
        field, trust = matching.result()
        last = step == effort.rounds - 1
        picture = vote(source, field, trust, BLEND if last else None)
    return field, picture


class _Matching:
    """One round: for each active patch the best source place met so far."""

    def __init__(
        self, source: PatchSource, field: Ints, picture: Packed, active: Bools, spacing: int
    ) -> None:
        self.source, self.field = source, field
        self.rows, self.columns = (axis.astype(np.int32) for axis in np.nonzero(active))
        self._in_source = patch_offsets(source.side, spacing)
        starts = self.rows * source.size + self.columns
        self.targets = patch_values(picture.ravel(), starts, patch_offsets(source.size, spacing))
        self.best = field[self.rows, self.columns]
        self.error = np.full(len(self.best), UNMATCHED, np.float32)
        self.consider(self.best.copy())

    def consider(self, places: Ints, penalty: float = 1.0) -> None:
        """Takes the places that, with their errors times the penalty, are better."""
        places = np.clip(places, 0, len(self.source.usable) - 1)
        new = (places != self.best) | (self.error == UNMATCHED)
        index = np.nonzero(self.source.usable.take(places) & new)[0]
        chosen = places[index]
        difference = patch_values(self.source.pixels, chosen, self._in_source)
        difference -= self.targets[index]
        error = np.einsum("ij,ij->i", difference, difference) * np.float32(penalty)
        better = error < self.error[index]
        index = index[better]
        self.best[index], self.error[index] = chosen[better], error[better]

    def try_neighbours(self, jumps: tuple[int, ...]) -> None:
        """What patches some steps away show, continued to here."""
        last = self.source.span - 1
        for jump in jumps:
            for down, right in ((0, jump), (0, -jump), (jump, 0), (-jump, 0)):
                row = np.clip(self.rows + down, 0, last)
                column = np.clip(self.columns + right, 0, last)
                back = (self.rows - row) * self.source.side + (self.columns - column)
                self.consider(self.field[row, column] + back)

    def try_jitter(self) -> None:
        """One pixel beside what is best so far."""
        best = self.best.copy()
        for step in (1, -1, self.source.side, -self.source.side):
            self.consider(best + step, JITTER_PENALTY)

    def result(self) -> tuple[Ints, Floats]:
        """The new field, and how much to trust each of its patches (0..1)."""
        field = self.field.copy()
        field[self.rows, self.columns] = self.best
        trust = np.ones(field.shape, np.float32)
        usual = np.median(self.error) + np.float32(1e-3)
        trust[self.rows, self.columns] = np.exp(-np.minimum(self.error / usual, 25)) + 1e-6
        return field, trust


class WholeSearch:
    """The most similar patch of the whole source, by their leading principal components."""

    COMPONENTS = 16
    SAMPLE = 4000

    def __init__(self, source: PatchSource, spacing: int) -> None:
        usable = source.usable.reshape(2 * source.side, source.side)
        thinned = np.zeros_like(usable)
        thinned[::2, ::2] = usable[::2, ::2]
        places = np.nonzero(thinned.ravel())[0]
        self.places = (places if len(places) else np.nonzero(source.usable)[0]).astype(np.int32)
        if not len(self.places):
            self.places = np.zeros(1, np.int32)
        keys = patch_values(source.pixels, self.places, patch_offsets(source.side, spacing))
        self.mean = np.round(keys.mean(0))
        keys -= self.mean
        sample = keys[:: max(1, len(keys) // self.SAMPLE)].astype(np.float64)
        vectors = np.linalg.eigh(sample.T @ sample)[1]
        self.basis = np.round(vectors[:, ::-1][:, : self.COMPONENTS] * 128).astype(np.float32)
        reduced, self.unit = whole_numbers(keys @ self.basis)
        squares = (reduced * reduced).sum(1, keepdims=True)
        self.keys = np.ascontiguousarray(np.concatenate([-2 * reduced, squares], 1).T)

    def nearest(self, patches: Floats) -> Ints:
        """Source places for patches (count, values), by whole-number arithmetic throughout."""
        reduced = np.round((patches - self.mean) @ self.basis / np.float32(self.unit))
        reduced = np.concatenate([reduced, np.ones((len(reduced), 1), np.float32)], 1)
        nearest = [
            (reduced[start : start + 256] @ self.keys).argmin(1)
            for start in range(0, len(reduced), 256)
        ]
        places: Ints = self.places[np.concatenate(nearest)]
        return places


def patch_offsets(side: int, spacing: int) -> Ints:
    """Where the compared pixels of a patch lie, from its top left one, in rows of ``side``."""
    steps = range(0, PATCH, spacing)
    return np.array([down * side + right for down in steps for right in steps], np.int32)


def patch_values(pixels: Packed, places: Ints, offsets: Ints) -> Floats:
    """The compared pixels of patches as (count, 4 * compared) float32, 0..255."""
    values = unpack(pixels.take(places[:, None] + offsets[None], mode="clip"))
    return values.reshape(len(places), 4 * len(offsets)).astype(np.float32)
