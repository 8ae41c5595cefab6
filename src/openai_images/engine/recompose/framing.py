"""Step 1, what to show: one random view of the whole picture.

A framing maps places of the frame to places of the input, both in units of a side (0..1, x to the
right, y down). It is drawn again until little conspicuous content leaves the frame and little
unknown ground enters it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..filters import dilate
from ..pixels import Bools, Floats, Ints
from ..source import BORDER, MAP, Source
from .moves import Move, draw_moves, rearrange_map

Plane = TypeVar("Plane", Bools, Floats)

DRAWS = 24
"""Framings tried before the least bad one is taken."""
CALMER = 0.8
"""Each draw for a cut-out or drawing is so much calmer than the one before, and the last is still:
what lies beyond a subject that the frame cuts cannot be made up."""
CLEAR = 2
"""Cells around what the frame must not cut that it must not cut either, but for one."""
SCENE_ZOOM = 0.03
"""Logarithm of the zoom of a scene, at most, when it is not the turn of an enlarged one: with a
reduced one the parts of which it is arranged would be narrower than the frame, and of 66 pictures
13 were not arranged for 7."""
WAVES = np.array([[0.55, 0.0], [0.0, 0.55], [0.6, 0.6], [0.6, -0.6]]) * 2 * np.pi
"""Spatial frequencies (x, y) of the gentle warp, in radians a side: about half a wave each."""


@dataclass(frozen=True)
class Lens:
    """Enlarges or shrinks the subject against its ground and shifts it a little, smoothly.

    centre: (x, y); radius: standard deviation of its reach, in sides; gain: above 0 enlarges;
    shift: (x, y), in sides.
    """

    centre: tuple[float, float]
    radius: float
    gain: float
    shift: tuple[float, float]

    def bend(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        x, y = u - self.centre[0], v - self.centre[1]
        reach = np.exp(-(x * x + y * y) / (2 * self.radius**2))
        return (
            u - (self.gain * x + self.shift[0]) * reach,
            v - (self.gain * y + self.shift[1]) * reach,
        )


@dataclass(frozen=True)
class Framing:
    """Frame to input: a homography, a gentle warp, perhaps a mirror.

    zoom: above 1 the picture appears enlarged. homography: (3, 3). amplitude, phase: (2, 4), for x
    and y, of the four WAVES. moves: of the islands of a drawing, made before all else.
    """

    mirrored: bool
    zoom: float
    homography: Floats
    amplitude: Floats
    phase: Floats
    lens: Lens
    moves: tuple[Move, ...] = ()

    def to_input(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Where in the input the places (x, y) of the frame come from."""
        top, middle, bottom = (row[0] * x + row[1] * y + row[2] for row in self.homography)
        u, v = top / bottom, middle / bottom
        for wave, (along_x, along_y) in enumerate(WAVES):
            angle = along_x * x + along_y * y
            u = u + self.amplitude[0, wave] * np.sin(angle + self.phase[0, wave])
            v = v + self.amplitude[1, wave] * np.sin(angle + self.phase[1, wave])
        return self.lens.bend(1 - u if self.mirrored else u, v)

    def seen(self, plane: Plane, size: int, margin: int) -> Plane:
        """A map of the input, (n, n), as the frame of ``size`` pixels shows it.

        Returns (size + 2 margin) squared; beyond the input the map is mirrored.
        """
        middles = (np.arange(size + 2 * margin) - margin + 0.5) / size
        u, v = self.to_input(*np.meshgrid(middles, middles))
        return plane[_cells(v, len(plane)), _cells(u, len(plane))]


def _cells(places: Floats, count: int) -> Ints:
    """Which of so many cells a side places (0..1) lie in, mirrored beyond the border."""
    mirrored = 1 - np.abs(1 - np.abs(places))
    cells: Ints = np.clip((mirrored * count).astype(np.int64), 0, count - 1)
    return cells


def choose_framing(
    source: Source, rng: np.random.Generator, strength: float, *, mirror: bool, turn: int
) -> Framing:
    """The first of up to 24 random framings that keeps what matters, or the best of them.

    turn: counts the variations of a request; mirrored and straight ones alternate, as do pairs of
    enlarged and reduced ones, but that no scene is reduced. Neither lettering nor a picture on
    solid ground is mirrored.
    """
    mirrored = mirror and turn % 2 == 1 and not source.borders.solid and not source.lettering.any()
    moves = draw_moves(source.islands, source.lettering, rng, strength, mirror=mirror)
    keep = rearrange_map(source.keep, moves)
    whole = dilate(rearrange_map(_never_cut(source), moves) > 0, CLEAR, CLEAR)
    loss = 0.10 if source.borders.calm >= 0.5 else 0.22
    wanted = 0.993 if source.borders.solid else 0.98 - loss * strength
    best, least = None, np.inf
    for draw in range(DRAWS):
        reach = strength * CALMER**draw if source.on_plain_ground else strength
        framing = _draw(source, rng, reach, mirrored, enlarge=turn // 2 % 2 == 1, moves=moves)
        unknown, kept, lost = judge(source, framing, keep, whole)
        fault = max(0.0, unknown - 0.002) * 20 + max(0.0, wanted - kept) * 4 + lost * 10
        if fault < least:
            best, least = framing, fault
        if fault == 0:
            break
    assert best is not None
    return best


def _draw(
    source: Source,
    rng: np.random.Generator,
    strength: float,
    mirrored: bool,
    enlarge: bool,
    moves: tuple[Move, ...],
) -> Framing:
    calm, solid = source.borders.calm, source.borders.solid
    smallest, largest = (-0.12, 0.22) if calm < 0.5 else (-0.16, 0.08)
    if source.is_scene:
        smallest = SCENE_ZOOM
    zoom = float(np.exp(rng.uniform() * (largest if enlarge else smallest) * strength * 1.6))
    pliant = _pliancy(source)
    turn = np.deg2rad(rng.uniform(-4, 4) * strength * pliant)
    room = max(0.0, (1 - 1 / zoom) / 2)
    shift = rng.uniform(-1, 1, 2) * (room + (0.06 if calm < 0.5 else 0.10) * strength)
    tilt = rng.uniform(-1, 1, 2) * 0.10 * strength * (0.35 if solid else 1.0)
    bend = 0.024 * (1 - 0.7 * calm) if pliant <= 1 else 0.024
    amplitude = rng.uniform(-1, 1, (2, 4)) * bend * strength
    phase = rng.uniform(0, 2 * np.pi, (2, 4))
    cosine, sine = np.cos(turn) / zoom, np.sin(turn) / zoom
    centre_out = np.array([[1, 0, 0.5 - shift[0]], [0, 1, 0.5 - shift[1]], [0, 0, 1.0]])
    move = np.array([[cosine, -sine, 0], [sine, cosine, 0], [tilt[0], tilt[1], 1.0]])
    centre_in = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    homography = centre_out @ move @ centre_in
    lens = _draw_lens(source, rng, strength * (0.5 if source.lettering.any() else 1.0))
    return Framing(mirrored, zoom, homography, amplitude, phase, lens, moves)


def _pliancy(source: Source) -> float:
    """How far a picture may be turned: a drawing more than a photograph, print on plain ground,
    whose upright is its frame, less."""
    if source.is_drawing and not source.lettering.any():
        return 1.5
    return 0.35 if source.borders.solid else 1.0


def _draw_lens(source: Source, rng: np.random.Generator, strength: float) -> Lens:
    """A lens over what matters in the picture."""
    middles = (np.arange(MAP) + 0.5) / MAP
    x, y = float(source.keep.sum(0) @ middles), float(source.keep.sum(1) @ middles)
    spread = np.sqrt(
        source.keep.sum(0) @ (middles - x) ** 2 + source.keep.sum(1) @ (middles - y) ** 2
    )
    gain = float(rng.uniform(-0.24, 0.24) * strength)
    shift = rng.uniform(-0.04, 0.04, 2) * strength
    return Lens((x, y), max(0.15, float(spread)), gain, (float(shift[0]), float(shift[1])))


def _never_cut(source: Source) -> Floats:
    """1 where lettering is, and things that stand free on plain ground, (64, 64)."""
    whole = source.lettering.copy()
    for island in source.islands:
        cells = island.mask.reshape(MAP, len(island.mask) // MAP, MAP, -1)
        whole |= cells.any((1, 3))
    return whole.astype(np.float64)


def judge(
    source: Source, framing: Framing, keep: Floats, whole: Bools
) -> tuple[float, float, float]:
    """What a framing costs: shares of the frame unknown, of importance kept, and lost of what it
    must not cut, or shown again beyond the border.

    keep: as in `Source`, whole: what must not be cut; with islands where the framing puts them.

    Unknown places are weighted by how conspicuous the border they would have to continue is.
    """
    middles = (np.arange(MAP) + 0.5) / MAP
    u, v = framing.to_input(*np.meshgrid(middles, middles))
    seen = np.zeros((MAP, MAP), np.bool_)
    column, row = np.floor(u * MAP).astype(int), np.floor(v * MAP).astype(int)
    inside = (column >= 0) & (column < MAP) & (row >= 0) & (row < MAP)
    seen[row[inside], column[inside]] = True
    seen = dilate(seen, 1, 1)
    kept = float(keep[seen].sum())
    lost = int((whole & ~seen).sum())
    if not source.borders.solid:  # as beyond a solid border nothing is mirrored
        lost += int((whole[_cells(v, MAP), _cells(u, MAP)] & ~inside).sum())

    x = np.clip(np.floor(u * BORDER).astype(int), 0, BORDER - 1)
    y = np.clip(np.floor(v * BORDER).astype(int), 0, BORDER - 1)
    top, bottom, left, right = source.borders.runs
    outside = (-v * BORDER > top[x]) | ((v - 1) * BORDER > bottom[x])
    outside |= (-u * BORDER > left[y]) | ((u - 1) * BORDER > right[y])
    cut = np.clip(source.conspicuous / 0.25, 0.3, 5)
    cells = BORDER // MAP
    unknown = float((outside * cut[y // cells, x // cells]).mean())
    return unknown, kept, lost / max(int(whole.sum()), 1)
