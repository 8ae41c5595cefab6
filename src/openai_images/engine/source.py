"""The input picture, analysed once for all its variations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from . import matte
from .bodies import find_bodies
from .enlarging import enlarge
from .filters import blur, local_variance
from .folds import PLAIN, unfolded
from .islands import drawn, find_grounds, find_islands
from .layers import layered
from .lettering import lettering
from .lift.subjects import NOTHING, find_subjects
from .padding import unpadded
from .pixels import Bools, Floats, pack_image, to_rgb
from .saliency import APART, FAR_APART, describe, normalise, unlikeness
from .things import find_things

MAP = 64
"""Cells a side of the maps below."""
BORDER = 128
"""Resolution at which borders are judged: their flat runs are counted in 128ths of a side."""
FLAT_AROUND = 2
"""128ths of a side around a place in which the picture must be flat too."""
SOLID = 0.7
"""Share of a border of one colour from which that is the ground of an opaque picture."""
SOLID_CUT_OUT = 0.2
"""The same for a transparent picture, whose subject may be cut by three of the four sides."""
MOST_USED = 1536
"""Side, in pixels, above which an input holds nothing a 1024-pixel variation could show."""
LEAST_USED = 64
"""Side, in pixels, to which tiny inputs are enlarged first."""
FILLED = 0.095
"""Conspicuousness above which the least fifth of a picture is not ground that repeats: 0.10
in a cat's face, 0.20 and 0.23 in a cup and a portrait, 0 to 0.09 in 25 of 27 scenes."""
REPEATS = 0.05
"""The same up to which the ground can be closed behind things: 0.001 to 0.042 in twelve pictures of
animals, boats and balls; behind a woman before a palace, 0.065, a smear was left."""
ENDLESS = 10**6


@dataclass(frozen=True)
class Borders:
    """How far a picture can be extended beyond each border without showing.

    runs: for top, bottom, left, right, one number per 128th of that border: how deep (in 128ths)
    the picture stays flat there, so that its mirror image is invisible; less what a flat place
    knows of its surroundings.
    solid: the whole border has one colour. calm: share of the border that can be extended, 0..1.
    """

    runs: tuple[Floats, Floats, Floats, Floats]
    solid: bool
    calm: float


class Source:
    """A picture ready to be varied.

    ``image`` may have any mode Pillow opens; EXIF rotation is honoured, of an animation the current
    frame counts, and of a picture that is not square, or only by padding, the largest square in its
    middle. Raises `EngineError` for a picture without pixels.

    conspicuous: (64, 64) float32, see `saliency.conspicuousness`. single: the same of what lies far
    apart, see `saliency.unlikeness`; of a scene also its `bodies`, which count as 1.
    things: (64, 64) float32, has_things: see `things.find_things`.
    folded: the picture is its own mirror image beside a border, see `folds`.
    filled: one thing fills the picture. is_scene: a photograph whose parts may change places.
    lettering: (64, 64), where letters are.
    is_drawing: flat colours and hard edges, no texture.
    on_plain_ground: a drawing, a cut-out or a thing before one colour, inside which nothing may be
    exchanged. islands: of such a picture, see `islands`.
    stage: the things that can be lifted from a ground that is not plain.
    remembered: what steps have made of the picture for its other variations, by name.
    keep: (64, 64), sums to 1: how much each place matters to what the picture shows.
    """

    def __init__(self, image: Image.Image) -> None:
        square = unpadded(matte.readable_square(image, LEAST_USED, MOST_USED))
        self.transparent = "A" in square.mode
        self.matte, self.image = matte.flatten(square)
        self._scaled: dict[int, Image.Image] = {}

        packed = pack_image(self.image.resize((BORDER, BORDER), Image.Resampling.LANCZOS))
        small = to_rgb(packed)
        self.borders = _judge_borders(small, SOLID_CUT_OUT if self.transparent else SOLID)
        self.folded = unfolded(packed) < PLAIN
        features = _features(self.image)
        everywhere = np.ones((MAP, MAP), np.bool_)
        self.conspicuous, self.single = unlikeness(features, everywhere, MAP, (APART, FAR_APART))
        self.things, self.has_things = find_things(features, self.conspicuous)
        ground = float(np.percentile(self.conspicuous, 20))
        self.filled = ground > FILLED and not layered(features)
        self.lettering = lettering(self.image, MAP)
        self.is_drawing = drawn(self.image)
        grounds = find_grounds(self.image)
        plain = self.borders.solid and bool(grounds)
        self.on_plain_ground = self.is_drawing or self.transparent or plain
        self.islands = find_islands(grounds) if self.on_plain_ground else ()
        if self.has_things and ground <= REPEATS and not self.on_plain_ground:
            self.stage = find_subjects(self.image, self.things, self.lettering)
        else:
            self.stage = NOTHING
        whole = self.on_plain_ground or self.filled or bool(self.stage.subjects)
        self.is_scene = self.has_things and not whole
        if self.is_scene:
            self.single = np.maximum(self.single, find_bodies(self.image, MAP))
        self.remembered: dict[str, Any] = {}
        self.keep = _importance(small, self.conspicuous + 2 * self.lettering)

    def __getstate__(self) -> dict[str, object]:
        """Of what was made so far, which another thread may be adding to, only enlargements."""
        enlarged = {side: it for side, it in list(self._scaled.items()) if side > self.side}
        return {**self.__dict__, "_scaled": enlarged, "remembered": {}}

    @property
    def side(self) -> int:
        """Pixels a side of the picture that is kept."""
        return self.image.width

    def at(self, size: int, zoom: float) -> Image.Image:
        """The picture large enough for a frame of ``size`` pixels that shows it enlarged ``zoom``.

        A picture with more pixels than that is reduced (in few steps, so that they can be kept),
        one with fewer is enlarged to the frame.
        """
        wanted = size * next(step for step in (1.0, 1.25, 1.6, 2.0, 9.0) if step >= zoom)
        side = max(size, min(int(wanted), self.side))
        if side not in self._scaled:
            if side > self.side:
                self._scaled[side] = enlarge(self.image, side)
            elif side < self.side:
                self._scaled[side] = self.image.resize((side, side), Image.Resampling.LANCZOS)
            else:
                self._scaled[side] = self.image
        return self._scaled[side]


def _features(image: Image.Image) -> Floats:
    """Colour and edge energy of (64, 64) cells, see `saliency.normalise`: (64, 64, 11) float32."""
    cells = describe(pack_image(image.resize((4 * MAP, 4 * MAP), Image.Resampling.LANCZOS)), 4)
    everywhere = np.ones((MAP, MAP), np.bool_)
    return np.concatenate(normalise(cells, everywhere), -1)


def _judge_borders(small: Floats, least: float) -> Borders:
    """Borders of a (128, 128, 3) picture; solid if more than ``least`` of it has one colour."""
    sides = [small[:2], small[-2:], small[:, :2], small[:, -2:]]
    border = np.concatenate([side.reshape(-1, 3) for side in sides])
    ground = np.median(border, axis=0)
    near = np.abs(small - ground).max(-1) < 0.035
    solid = bool((np.abs(border - ground).max(-1) < 0.035).mean() > least)
    if solid:
        edges = (near[:2].all(0), near[-2:].all(0), near[:, :2].all(1), near[:, -2:].all(1))
        top, bottom, left, right = (np.where(edge, ENDLESS, 0.0) for edge in edges)
        return Borders((top, bottom, left, right), solid=True, calm=1.0)
    flat = np.sqrt(local_variance(small, 2 * FLAT_AROUND + 1)) < 0.02
    depths = [_run(view) for view in (flat, flat[::-1], flat.T, flat.T[::-1])]
    calm = float(np.mean([np.mean(depth >= 6) for depth in depths]))
    top, bottom, left, right = (np.maximum(depth - FLAT_AROUND, 0) for depth in depths)
    return Borders((top, bottom, left, right), solid=False, calm=calm)


def _run(mask: Bools) -> Floats:
    """Length of the unbroken run of set pixels from the top of each column."""
    depth: Floats = np.cumprod(mask, axis=0).sum(0).astype(np.float64)
    return depth


def _importance(small: Floats, conspicuous: Floats) -> Floats:
    """Where losing something would be noticed: busy, unlike the rest, near the centre."""
    contrast = np.minimum(np.sqrt(local_variance(small, 5)), 0.12)
    busy = blur(contrast, 2.0).reshape(MAP, BORDER // MAP, MAP, BORDER // MAP).mean((1, 3))
    busy = np.where(busy < 0.015, 0, busy)
    off_centre = np.hypot(*(np.mgrid[:MAP, :MAP] / (MAP - 1) - 0.5))
    weight: Floats = busy * (0.25 + conspicuous) * (1.2 - off_centre)
    return weight / max(float(weight.sum()), 1e-9)
