"""The things of a picture that can be lifted: whole, in one piece, with ground all around them.

A thing is lifted with a ring of its ground, so that the seam runs through ground and not along the
thing: no halo, no hair to be matted, and its shadow comes along. So the ring must be ground: what
in it is not found elsewhere in the ground is a part of the thing that the cut has missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from ..filters import blur, dilate
from ..labels import Regions
from ..pixels import Bools, Floats, pack_image, resize_plane, to_rgb
from .cutting import SIDE, cut, opponent, rim
from .likeness import Likeness

RING = 4
"""128ths of a side of ground that go along with a thing."""
FRAME = 2
"""128ths of a side that must lie between a thing and the frame above and at the sides."""
TOGETHER = 2
"""128ths by which parts are grown; those that then meet are one thing."""
SMALLEST, LARGEST = 0.006, 0.62
"""Share of the picture: below, a thing is a speck; above, too little ground is left to close it."""
SURE = 0.52
"""What the map of things must reach in a thing, in the mean: 0.54 to 0.94 in animals, balls and
balloons that stand free, 0.41 to 0.49 in halves of corn cobs and balls and in tree tops."""
CALM = 0.1
"""What it may be on four fifths of a belt around a thing: up to 0.08 around those and other things,
0.12 around the white breast of a duck whose dark back the cut had missed, more around gaps in
foliage, medals on a coat, a man among trees."""
BELT = (8, 14)
"""128ths of a side around a thing between which that is looked at."""
CLOSE = 6
"""128ths of a side around a thing that must look like the ground elsewhere."""
WIDE = (28, 20, 12)
"""The same of wider belts, of which the widest that leaves enough ground beyond counts."""
LEAST_GROUND = 0.35
"""Share of the picture that is enough."""
CLOSE_STRANGE, WIDE_STRANGE = 0.93, 1.1
"""How strange the close and the wide belt may look (`likeness`): 0.3 to 0.91 and 0.7 to 1.08 around
animals and balls on their ground; 0.96 where grass hid the hooves of a giraffe, 1.7 around half a
ball, 2.3 where arms were left out; 1.46, the wide one, around a lion's muzzle, for its eyes."""
EDGE, OUTLINED = 1.3, 0.9
"""On more than such a share of a thing's outline there must be edges so many times as strong as 90
of 100 of the ground's: on nine tenths 1.4 to 7.9 in animals, boats and balls, 1.1 in an elephant's
head without its body and in a zebra whose legs are lost in the grass."""
LEAST_EDGE = 0.02
"""A step of colour that is an edge at least."""
BESIDE, UNLIKE = 20, 4.0
"""128ths of a side within which two parts, one so many times as large as the other, may be one."""
MOST = 8
"""Things kept, the largest first."""


@dataclass(frozen=True)
class Subject:
    """A thing that can be lifted: where it is, (128, 128); whether the frame cuts it below."""

    mask: Bools
    cut_below: bool

    @property
    def share(self) -> float:
        """Of the picture that it covers."""
        return float(self.mask.mean())

    @property
    def weight(self) -> Floats:
        """1 on the thing and beside it, down to 0 across its ring of ground, (128, 128).

        0 at the frame too, beyond which nothing is known, but for where that cuts the thing.
        """
        inside = ~rim(FRAME)
        if self.cut_below:
            inside[-FRAME:] = inside[-FRAME - 1]
        ringed = dilate(self.mask, RING, RING) & inside
        return blur(ringed.astype(np.float32), 1.0) * dilate(inside, 1, 1)


@dataclass(frozen=True)
class Stage:
    """What can be lifted, the largest first; others: what else stands there, (128, 128)."""

    subjects: tuple[Subject, ...]
    others: Bools


NOTHING = Stage((), np.zeros((SIDE, SIDE), np.bool_))


def find_subjects(image: Image.Image, things: Floats, lettering: Bools) -> Stage:
    """What can be lifted in a square picture (RGBX).

    things, lettering: (64, 64), see `things` and `lettering`.
    """
    rgb = small(image)
    fine = np.clip(resize_plane(things, SIDE, SIDE), 0, 1)
    share = cut(rgb, fine)
    parts = _parts(share > 0.4)
    everything = np.zeros((SIDE, SIDE), np.bool_)
    for part in parts:
        everything |= part
    written = np.kron(lettering > 0, np.ones((2, 2), np.bool_))
    found = [
        Subject(part, bool(part[-FRAME:].any()))
        for part in parts
        if SMALLEST <= part.mean() <= LARGEST
        and not part[:FRAME].any()
        and not part[:, :FRAME].any()
        and not part[:, -FRAME:].any()
        and fine[part].mean() >= SURE
        and _calm_around(part, everything, fine)
        and _complete(part, parts)
        and _outlined(rgb, part)
        and not (part & written).any()
        and _stands_free(rgb, part, everything)
    ]
    found.sort(key=lambda subject: -subject.share)
    others = everything | written
    for subject in found[:MOST]:
        others &= ~subject.mask
    return Stage(tuple(found[:MOST]), others)


def small(image: Image.Image) -> Floats:
    """A square picture at the size at which it is cut, (128, 128, 3), 0..1."""
    return to_rgb(pack_image(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)))


def _parts(mask: Bools) -> list[Bools]:
    """The connected parts of a mask, those that nearly touch taken together."""
    regions = Regions.of(dilate(mask, TOGETHER, TOGETHER))
    return [mask & (regions.numbers == number) for number in np.flatnonzero(regions.classes)]


def _complete(part: Bools, parts: list[Bools]) -> bool:
    """Whether no part beside this one is of so different a size that one may belong to the other.

    A dark leg on a dark stage leaves a dancer and a foot.
    """
    beside = dilate(part, BESIDE, BESIDE)
    sizes = [part.sum() / other.sum() for other in parts if (beside & other & ~part).any()]
    specks = SMALLEST * part.size
    return not any(
        max(ratio, 1 / ratio) > UNLIKE and part.sum() / ratio > specks for ratio in sizes
    )


def _calm_around(part: Bools, everything: Bools, things: Floats) -> bool:
    """Whether the map of things is low around a part, away from the others."""
    inner, outer = (dilate(part, width, width) for width in BELT)
    belt = outer & ~inner & ~dilate(everything & ~part, CLOSE, CLOSE)
    return bool(belt.any()) and float(np.percentile(things[belt], 80)) <= CALM


def _outlined(rgb: Floats, part: Bools) -> bool:
    """Whether edges go all along the outline of a part, as the ground around it has none."""
    colours = blur(opponent(rgb), 0.7)
    edge = np.zeros((SIDE, SIDE), np.float32)
    edge[:, 1:-1] = ((colours[:, 2:] - colours[:, :-2]) ** 2).sum(-1)
    edge[1:-1] = np.maximum(edge[1:-1], ((colours[2:] - colours[:-2]) ** 2).sum(-1))
    edge = np.sqrt(edge)
    beside = dilate(part, 10, 10) & ~dilate(part, 4, 4)
    usual = float(np.percentile(edge[beside], 90)) + LEAST_EDGE
    strong = dilate((edge > EDGE * usual) & dilate(part, 2, 2), 4, 4)
    outline = part & dilate(~part, 1, 1) & ~rim(3)
    return bool(outline.any()) and float(strong[outline].mean()) > OUTLINED


def _stands_free(rgb: Floats, part: Bools, everything: Bools) -> bool:
    """Whether all around a part is ground: close by, and in a wide belt, as found farther off.

    Around a muzzle there is fur, which goes on to the frame, but also a nose and eyes.
    """
    others = dilate(everything & ~part, 3, 3) | dilate(part, 3, 3)
    ground = ~dilate(everything, CLOSE, CLOSE)
    near, *wider = [dilate(part, width, width) for width in (CLOSE, *WIDE)]
    if Likeness(rgb, ground).strangeness(rgb, near & ~others) > CLOSE_STRANGE:
        return False
    for belt in wider:
        if (ground & ~belt).mean() >= LEAST_GROUND:
            farther = Likeness(rgb, ground & ~belt)
            return farther.strangeness(rgb, belt & ~others) <= WIDE_STRANGE
    return True
