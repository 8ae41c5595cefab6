"""The ground behind things, closed: what a picture might show if they were not there.

A patch field (`heal`) from coarse to fine, as in space-time completion (Wexler, Shechtman, Irani,
PAMI 2007): at 32 pixels a side a patch spans a fifth of the picture, so that a horizon goes on.
"""

from __future__ import annotations

import numpy as np

from ..filters import blur, box_any, dilate
from ..heal.healing import QUICK, THOROUGH, Effort, heal
from ..heal.patchfield import HALF, PATCH, PatchSource, window
from ..heal.voting import vote
from ..pixels import Bools, Floats, Ints, Packed, pack_bytes, resize_plane, unpack
from ..recompose.framing import Framing, Lens
from ..source import Source
from .cutting import SIDE
from .light import LIGHT, colours, filled_in, mixed

AS_IT_IS = Framing(
    mirrored=False,
    zoom=1.0,
    homography=np.eye(3),
    amplitude=np.zeros((2, 4)),
    phase=np.zeros((2, 4)),
    lens=Lens((0.5, 0.5), 1.0, 0.0, (0.0, 0.0)),
)
"""The whole picture, unchanged."""
COARSE = {
    32: Effort(rounds=5, searches=4, jumps=(1, 3, 6), spacing=1),
    64: Effort(rounds=3, searches=2, jumps=(1, 3, 6), spacing=2),
}
"""How hard the ground is made up; from 128 pixels on only its seams are healed."""
BLEND = window(1.5)
"""The window of votes, as in `heal`."""
FINEST = 512
"""Pixels a side up to which seams are matched again, and levels are kept for the next variation, in
5 MB. At 1024 that took half a second and 60 MB, and could not be told."""
HOLE = 3
"""128ths of a side around things that are closed too, for their soft edges and shadows."""
HEIGHT = 120
"""What a whole side up or down counts for when patches are compared, in levels of colour. With 0
there was gravel in a lake, where an eagle had been."""
SOFT = 0.7
"""Blur of the edge of the hole, in 128ths of a side."""


class Ground:
    """A picture without some of its things, at any size.

    hole: (128, 128), what is closed.
    """

    def __init__(self, source: Source, things: Bools, others: Bools, *, mirror: bool) -> None:
        """things: what is taken away. others: what may not be shown in its place, (128, 128)."""
        self._source, self._mirror = source, mirror
        self.hole = dilate(things, HOLE, HOLE)
        patches, field = self._made_up(dilate(others, HOLE, HOLE) & ~self.hole)
        self._levels = {SIDE: (patches, field)}
        self._pictures: dict[int, Packed] = {}
        self._weight = blur(self.hole.astype(np.float32), SOFT)
        self._light = self._misfit(patches, field)

    def at(self, picture: Packed) -> Packed:
        """The source at some size, (side, side), with the hole closed."""
        side = len(picture)
        if side not in self._pictures:
            patches, field = self._level(side)
            self._pictures[side] = mixed(
                picture, vote(patches, field, window=BLEND), self._weight, self._light
            )
        return self._pictures[side]

    def _level(self, size: int) -> tuple[PatchSource, Ints]:
        if size in self._levels:
            return self._levels[size]
        coarser, field = self._level(max(SIDE, 1 << (size - 1).bit_length() - 1))
        patches, field, guide = self._doubled(coarser, field, self.hole, size)
        if size <= FINEST:
            field, _ = heal(patches, field, guide, QUICK)
            self._levels[size] = patches, field
        return patches, field

    def _made_up(self, others: Bools) -> tuple[PatchSource, Ints]:
        """The ground at 128 pixels, out of nothing but what is not hole."""
        patches = self._patches(min(COARSE), self.hole | others)
        field, guide = patches.home, self._guess(patches)
        for size, effort in COARSE.items():
            if size != patches.size:
                patches, field, guide = self._doubled(patches, field, self.hole | others)
            field, _ = heal(patches, field, guide, effort)
            field = np.where(box_any(_resized(self.hole, size), PATCH), field, patches.home)
        patches, field, guide = self._doubled(patches, field, self.hole)
        field, _ = heal(patches, field, guide, THOROUGH)
        return patches, field

    def _doubled(
        self, coarser: PatchSource, field: Ints, hidden: Bools, size: int | None = None
    ) -> tuple[PatchSource, Ints, Packed]:
        """A field at twice the size, or another, and what it shows there."""
        patches = self._patches(size or 2 * coarser.size, hidden)
        field = coarser.enlarge(field, patches)
        return patches, field, vote(patches, field, window=BLEND)

    def _patches(self, size: int, hidden: Bools) -> PatchSource:
        """The source at a size, with no patch that shows anything hidden, (128, 128).

        The fourth byte of a pixel, in which an opaque picture has no use for alpha, says how far
        down it stands: so what belongs above stays above.
        """
        patches = PatchSource(self._source, AS_IT_IS, size, mirror=self._mirror)
        heights = np.arange(2 * patches.side) % patches.side * HEIGHT / patches.side
        unpack(patches.canvas)[..., 3] = heights[:, None]
        around = np.zeros((patches.side, patches.side), np.bool_)
        inner = slice(patches.margin, patches.margin + size)
        around[inner, inner] = _resized(hidden, size)
        last = patches.side - PATCH + 1
        usable = patches.usable.reshape(2, patches.side, patches.side)
        usable[0, :last, :last] &= ~box_any(around, PATCH)
        usable[1, :last, :last] &= ~box_any(around[:, ::-1], PATCH)
        return patches

    def _misfit(self, patches: PatchSource, field: Ints) -> Floats:
        """What the closed ground lacks to fit its surroundings, (128, 128, 3), 0..255.

        Patches that lie across the edge of the hole tell it: what the picture shows beside the
        hole, less what stands there where the patch comes from.
        """
        hole = self.hole
        across = box_any(hole, PATCH) & box_any(~hole, PATCH) & (field != patches.home)
        rows, columns = np.nonzero(across)
        places = field[rows, columns]
        total, count = np.zeros((len(rows), 3), np.float32), np.zeros((len(rows), 1), np.float32)
        for down in range(PATCH):
            for right in range(PATCH):
                known = ~hole[rows + down, columns + right, None]
                here = patches.home[rows, columns] + down * patches.side + right
                there = places + down * patches.side + right
                total += known * (colours(patches.pixels[here]) - colours(patches.pixels[there]))
                count += known
        light = np.zeros((SIDE, SIDE, 3), np.float32)
        told = np.zeros((SIDE, SIDE), np.bool_)
        light[rows + HALF, columns + HALF] = total / count
        told[rows + HALF, columns + HALF] = True
        return blur(filled_in(light, ~told), LIGHT) if told.any() else light

    def _guess(self, patches: PatchSource) -> Packed:
        """The picture with its hole filled from the colours around it."""
        pixels = unpack(vote(patches, patches.home)).copy()
        hole = _resized(self.hole, patches.size)
        pixels[..., :3] = filled_in(pixels[..., :3].astype(np.float32), hole) + 0.5
        return pack_bytes(pixels)


def _resized(mask: Bools, side: int) -> Bools:
    """A mask, (128, 128), at another size: never less of it when it gets smaller."""
    if side < SIDE:
        ratio = SIDE // side
        return np.asarray(mask.reshape(side, ratio, side, ratio).any((1, 3)))
    larger: Bools = resize_plane(mask.astype(np.float32), side, side) > 0.25
    return larger
