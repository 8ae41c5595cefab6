"""How free the exchange of regions is, at each strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .pixels import Floats


@dataclass(frozen=True)
class Taste:
    """How free the exchange is; every value follows from the strength, 0..1.

    likeness: greatest cost of a candidate. context: weight of a region's surroundings' share that
    its own content keeps in the match, 0..1. doubling, crowding: price, in likenesses, of showing
    something more conspicuous than before, and of showing it once more. subject: conspicuousness
    above which a place is left alone. share: of the picture to exchange. seam: worst seam taken.
    """

    likeness: float
    context: float
    doubling: float
    crowding: float
    subject: float
    share: float
    seam: float
    largest: float
    boldness: float
    tries: int

    @classmethod
    def of(cls, strength: float, conspicuous: Floats) -> Taste:
        low, middle, high = np.percentile(conspicuous, [5, 50, 95])
        prominent = np.percentile(conspicuous, 70 + 20 * strength)
        uniform = float(np.clip(1 - (high - low) / (middle + 0.1), 0, 1))
        return cls(
            likeness=0.6 * (0.18 + 0.75 * strength) ** 2 * (1 + 1.6 * uniform),
            context=1 - 0.75 * strength,
            doubling=10 * (1 - 0.8 * strength),
            crowding=6 * (1 - 0.8 * strength),
            subject=float(np.clip(prominent, 0.15, 0.3 + 0.2 * strength**2)),
            share=min(1.0, 1.7 * strength),
            seam=(1.0 + 1.4 * strength) * (1 + 0.6 * uniform),
            largest=0.08 + 0.14 * (0.4 + strength),
            boldness=0.15 + 0.6 * strength**2,
            tries=int(60 + 160 * strength),
        )
