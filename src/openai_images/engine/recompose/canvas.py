"""Step 1, carried out: the recomposed input around and in the frame, at a given size."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ..pixels import Bools, Packed, pack_image, to_image
from ..source import BORDER, Source
from .framing import Framing
from .moves import rearrange

MESH = 12
"""The map is evaluated on a 12 x 12 mesh of quadrilaterals; inside them Pillow interpolates."""
EXTENSION = 0.2
"""How far the input is extended beyond its borders, in sides."""


def render(source: Source, framing: Framing, size: int, margin: int) -> tuple[Packed, Bools]:
    """The view at ``size`` pixels a frame with ``margin`` pixels around it.

    Returns pixels and which of them are known, both (size + 2 margin) squared.
    """
    side = size + 2 * margin
    image = rearrange(source.at(size, framing.zoom), framing.moves)
    pixels, known = _extended(source, image)
    mesh = _mesh(framing, size, margin, image.width)
    canvas = to_image(pixels)
    if not source.transparent:
        canvas = canvas.convert("RGB")  # a band less to interpolate: a fifth of the time
    view = canvas.transform((side, side), Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    mask = Image.fromarray(known.astype(np.uint8) * 255).transform(
        (side, side), Image.Transform.MESH, mesh, Image.Resampling.NEAREST
    )
    return pack_image(view.convert("RGBX")), np.asarray(mask) > 0


def _extended(source: Source, image: Image.Image) -> tuple[Packed, Bools]:
    """The picture continued beyond its borders, and where that continuation may be shown.

    Flat ground is mirrored. All other lines run straight on: what is made of ground that is not
    known takes that for its guide, and a mirrored one would lead to a V.
    """
    side = image.width
    extra = int(EXTENSION * side)
    known = np.zeros((side + 2 * extra, side + 2 * extra), np.bool_)
    inner = slice(extra, extra + side)
    known[inner, inner] = True
    place = np.clip(np.arange(side) * BORDER // side, 0, BORDER - 1)
    depth = np.arange(1, extra + 1)[:, None]
    top, bottom, left, right = (
        depth <= (run[place] * side / BORDER)[None] for run in source.borders.runs
    )
    known[:extra, inner] = top[::-1]
    known[extra + side :, inner] = bottom
    known[inner, :extra] = left[::-1].T
    known[inner, extra + side :] = right.T
    for rows, row in ((slice(0, extra), extra), (slice(extra + side, None), extra + side - 1)):
        for columns, column in (
            (slice(0, extra), extra),
            (slice(extra + side, None), extra + side - 1),
        ):
            known[rows, columns] = known[row, columns][None] & known[rows, column][:, None]
    pixels = pack_image(image)
    straight = np.pad(pixels, extra, mode="edge")
    if source.borders.solid:
        return straight, known
    return np.where(known, np.pad(pixels, extra, mode="reflect"), straight), known


_Quad = tuple[tuple[int, int, int, int], tuple[float, ...]]


def _mesh(framing: Framing, size: int, margin: int, side: int) -> list[_Quad]:
    """The framing as Pillow's MESH: target boxes and the input quadrilaterals they show."""
    grid = np.unique(np.round(np.linspace(0, size + 2 * margin, MESH + 1)).astype(int))
    places = (grid - margin) / size
    u, v = framing.to_input(*np.meshgrid(places, places))
    extra = int(EXTENSION * side)
    u, v = u * side + extra, v * side + extra
    quads: list[_Quad] = []
    for row in range(len(grid) - 1):
        for column in range(len(grid) - 1):
            corners = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            box = (grid[column], grid[row], grid[column + 1], grid[row + 1])
            quad = tuple(float(axis[corner]) for corner in corners for axis in (u, v))
            quads.append(((int(box[0]), int(box[1]), int(box[2]), int(box[3])), quad))
    return quads
