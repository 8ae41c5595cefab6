"""Bodies: regions of one colour that stand out from what is around them and are found only once.

To a self-similarity map a white dog is not conspicuous, as its flank is like its chest. So regions
are grown by "Statistical region merging" (Nock, Nielsen, PAMI 2004): neighbouring cells are met in
the order of their difference, and their regions joined unless their means differ by more than
chance allows.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from .filters import dilate
from .islands import touches_rim
from .labels import numbered
from .pixels import Bools, Floats, Ints, pack_image, to_rgb

# Chosen by eye on 120 pictures of ImageNet's classes, of which these bodies keep a dog, an ape, a
# pufferfish, a starfish, an eel and a woman whole, and on the 66 of Places50 and SIGD16: of those,
# 0.42 is rearranged at strength 0.8 (two variations each) for 0.50 without bodies, as six of them,
# an arch and a table mountain among them, do not come apart any more.
COMPLEXITIES = (16.0, 48.0, 128.0)
"""Of the picture, as the paper has it: the more, the finer the regions. A dog is one at 48, a
swimsuit at 128."""
SPREAD, MOST = 0.25, 3.0
"""Deviation of colour (0..1) to which a picture is brought, but not by more than that factor: the
one of a photograph of full contrast. Without, a starfish on sand is in pieces."""
SMALLEST, LARGEST = 0.01, 0.4
"""Shares of the picture between which a region is a body."""
FLAT = 3.0
"""Times its mean height that it may be wide: hills, lakes and fields have 4 to 47."""
EDGE, RING = 1, 3
"""Cells around it that are of both colours, and as far as its surroundings are looked at."""
CONTRAST = 0.35
"""Least distance of its colour to that of its surroundings."""
FREE, CUT = 3.0, 5.0
"""The same in deviations of a channel within it: for what stands free, and for what the frame cuts,
which with 3 is rock, snow or foliage in three of the 66."""
NEAR, AGAIN = 0.1, 0.02
"""A place elsewhere is like it up to that difference in each channel; they may be that share of the
picture."""


def find_bodies(image: Image.Image, side: int) -> Bools:
    """The places, (side, side), that belong to bodies."""
    cells = to_rgb(pack_image(image.resize((side, side), Image.Resampling.BOX)))
    cells *= np.float32(SPREAD / max(float(cells.std((0, 1)).mean()), SPREAD / MOST))
    found = np.zeros((side, side), np.bool_)
    pairs = neighbours(cells)
    for complexity in COMPLEXITIES:
        regions, count = merged(cells, pairs, complexity)
        for number in range(count):
            region = regions == number
            if _bounded(region) and _stands_out(region, cells):
                found |= region
    return found


def _bounded(region: Bools) -> bool:
    """Whether it is of a thing's size and shape, and no sky, ground or layer between them."""
    area, width = int(region.sum()), int(region.any(0).sum())
    if not SMALLEST <= area / region.size <= LARGEST or width * width > FLAT * area:
        return False
    across = region[:, 0].any() and region[:, -1].any()
    return not across and max(region[0].sum(), region[-1].sum()) <= width / 2


def _stands_out(region: Bools, cells: Floats) -> bool:
    """Whether its colour is not that of its surroundings, and not found again."""
    edge = dilate(region, EDGE, EDGE)
    ring = dilate(region, RING, RING) & ~edge
    colour = np.median(cells[region], axis=0)
    contrast = np.linalg.norm(colour - np.median(cells[ring], axis=0))
    least = CUT if touches_rim(region) else FREE
    if contrast < max(CONTRAST, least * cells[region].std(0).mean()):
        return False
    like = np.abs(cells - colour).max(-1) < NEAR
    return bool((like & ~edge).sum() < AGAIN * region.size)


def neighbours(cells: Floats) -> list[tuple[int, int]]:
    """Cells side by side or one above the other, by number, the most alike first."""
    rows, columns = cells.shape[:2]
    colours = cells.reshape(rows * columns, 3)
    index = np.arange(rows * columns).reshape(rows, columns)
    one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    other = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    order = np.argsort(np.abs(colours[one] - colours[other]).max(1), kind="stable")
    return list(zip(one[order].tolist(), other[order].tolist(), strict=True))


def merged(cells: Floats, pairs: list[tuple[int, int]], complexity: float) -> tuple[Ints, int]:
    """Which region each cell belongs to, numbered from 0, (n, n), and how many there are.

    cells: (n, n, 3), 0..1. pairs: as from `neighbours`.
    """
    count = cells.shape[0] * cells.shape[1]
    chance = _chance(count, complexity)
    parent, size = list(range(count)), [1] * count
    reds, greens, blues = cells.reshape(count, 3).T.tolist()  # sums over regions

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = cell = parent[parent[cell]]
        return cell

    for cell, beside in pairs:
        a, b = root(cell), root(beside)
        if a == b:
            continue
        many, more = size[a], size[b]
        most = chance[many] + chance[more]
        if (
            (reds[a] / many - reds[b] / more) ** 2 <= most
            and (greens[a] / many - greens[b] / more) ** 2 <= most
            and (blues[a] / many - blues[b] / more) ** 2 <= most
        ):
            parent[b] = a
            size[a] += more
            reds[a] += reds[b]
            greens[a] += greens[b]
            blues[a] += blues[b]
    return numbered(np.array([root(cell) for cell in range(count)]).reshape(cells.shape[:2]))


def _chance(count: int, complexity: float) -> list[float]:
    """Squared deviation of a mean that is likely, by the size of its region, from 0 cells on.

    The paper's bound, with its number of levels (256) and risk (1 in 6 n squared).
    """
    sizes = np.maximum(np.arange(count + 1), 1)
    regions = np.minimum(256, sizes) * np.log(1 + sizes)
    bound: list[float] = ((regions + 2 * np.log(6 * count)) / (2 * complexity * sizes)).tolist()
    return bound
