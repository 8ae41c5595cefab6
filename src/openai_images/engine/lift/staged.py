"""A picture as it is after its things were set anew."""

from __future__ import annotations

import numpy as np
from PIL import Image

from ..filters import dilate
from ..pixels import Floats, pack_image, to_image
from ..source import MAP, Source
from .cutting import SIDE
from .ground import Ground
from .placing import Pasted


class Staged(Source):
    """A source whose pixels and maps are those of another, with things pasted on closed ground."""

    def __init__(self, source: Source, ground: Ground, pasted: tuple[Pasted, ...]) -> None:
        self.__dict__.update(source.__dict__)
        self._scaled: dict[int, Image.Image] = {}
        self._origin, self._ground, self._pasted = source, ground, pasted
        self.conspicuous = self._rearranged(source.conspicuous)
        self.things = self._rearranged(source.things)
        keep = self._rearranged(source.keep)
        self.keep = keep / max(float(keep.sum()), 1e-9)

    def at(self, size: int, zoom: float) -> Image.Image:
        """See `Source.at`."""
        image = self._origin.at(size, zoom)
        if image.width not in self._scaled:
            picture = pack_image(image)
            pixels = self._ground.at(picture)
            for thing in self._pasted:
                pixels = thing.paste(pixels, picture)
            self._scaled[image.width] = to_image(pixels)
        return self._scaled[image.width]

    def _rearranged(self, plane: Floats) -> Floats:
        """A map, (64, 64), with what it says of the things where they stand now."""
        ratio = SIDE // MAP
        fine = np.kron(plane, np.ones((ratio, ratio), np.float32))
        result = np.where(self._ground.hole, 0, fine)
        for thing in self._pasted:
            subject = thing.placed.subject
            alone = np.where(dilate(subject.mask, 2, 2), fine, 0)
            result = np.maximum(result, thing.placed.moved(alone))
        pooled: Floats = result.reshape(MAP, ratio, MAP, ratio).mean((1, 3))
        return pooled
