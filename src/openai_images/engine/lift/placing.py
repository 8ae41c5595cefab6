"""Putting things on closed ground, each with its ring of ground and in the light of its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from ..filters import blur
from ..pixels import (
    Bools,
    Floats,
    Packed,
    pack_image,
    to_image,
)
from .light import LIGHT, colours, filled_in, mixed
from .subjects import Subject

SEAM = (0.04, 0.6)
"""Of a thing's weight: between these its ring shows both its own ground and that of the place."""

OWN_LIGHT = 0.7
"""Share of the difference of grounds that a thing itself does not take on: with all of it, an eagle
turned purple on another shore."""


@dataclass(frozen=True)
class Placed:
    """A thing at a new place.

    to_old: (2, 3) from new to old places, in picture sides. boldness: how far from the old one.
    """

    subject: Subject
    to_old: Floats
    boldness: float

    def moved(self, plane: Floats | Bools) -> Floats:
        """A plane of the picture, (n, n), shown as the thing is."""
        image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
        shown: Floats = np.asarray(self._transformed(image, Image.Resampling.BILINEAR))
        return shown

    def moved_pixels(self, pixels: Packed) -> Packed:
        """The same for pixels."""
        return pack_image(self._transformed(to_image(pixels), Image.Resampling.BICUBIC))

    @cached_property
    def mask(self) -> Bools:
        """Where the thing is now, (128, 128)."""
        return self.moved(self.subject.mask) > 0.5

    @property
    def foot(self) -> int:
        """The lowest row of the thing, of 128."""
        return int(np.flatnonzero(self.mask.any(1))[-1])

    @property
    def leaves_frame(self) -> bool:
        """Whether less of the thing is shown than there is."""
        scale = abs(float(np.linalg.det(self.to_old[:, :2])))
        return bool(self.mask.sum() * scale < 0.97 * self.subject.mask.sum())

    def _transformed(self, image: Image.Image, resample: Image.Resampling) -> Image.Image:
        coefficients = self.to_old.copy()
        coefficients[:, 2] *= image.width
        size, affine = image.size, Image.Transform.AFFINE
        return image.transform(size, affine, tuple(coefficients.ravel()), resample)


@dataclass(frozen=True)
class Pasted:
    """A thing to be pasted: where, with what weight and in what light, all at 128 pixels a side.

    light: (128, 128, 3), the difference of the grounds, added to the thing and its ring; contrast:
    its 95th percentile. All in levels, 0..255.
    """

    placed: Placed
    weight: Floats
    light: Floats
    contrast: float

    @classmethod
    def fit(cls, placed: Placed, below: Packed, picture: Packed) -> Pasted:
        """below: what is pasted on. picture: the source. Both (128, 128)."""
        weight = placed.moved(placed.subject.weight)
        seam = (weight > SEAM[0]) & (weight < SEAM[1])
        moved = placed.moved_pixels(picture)
        difference = colours(below) - colours(moved)
        light = blur(filled_in(difference, ~seam), LIGHT)
        body = blur(placed.moved(placed.subject.mask), 1.0)
        light *= 1 - OWN_LIGHT * body[..., None]
        strongest = np.abs(light).mean(-1)[seam]
        contrast = float(np.percentile(strongest, 95)) if len(strongest) else 0.0
        return cls(placed, weight, light, contrast)

    def paste(self, below: Packed, picture: Packed) -> Packed:
        """The same at any size: (side, side) all three."""
        return mixed(below, self.placed.moved_pixels(picture), self.weight, self.light)
