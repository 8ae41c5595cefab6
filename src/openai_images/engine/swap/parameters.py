"""How free the exchange of regions is, at each strength.

They were set by eye; with them the bounds of `tests/engine/bounds.py` hold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Floats


@dataclass(frozen=True)
class SwapParameters:
    """The limits and prices of one exchange of regions.

    likeness: greatest cost of a candidate. context: weight of a region's own content in the match,
    that of its surroundings being 1. doubling, crowding: price, in likenesses, of showing something
    more conspicuous than before, and of showing it once more. subject: conspicuousness above which
    a place is left alone. share: of the rest, how much to exchange, 0..1. seam: error of the worst
    one taken. distance: cells between a region and its replacement at least. largest: radius of a
    region, in frames. boldness: conspicuousness at which a place is chosen e times less often.
    tries: regions tried at most.
    """

    likeness: float
    context: float
    doubling: float
    crowding: float
    subject: float
    share: float
    seam: float
    distance: float
    largest: float
    boldness: float
    tries: int

    @classmethod
    def of(cls, strength: float, conspicuous: Floats) -> SwapParameters:
        """The stronger (0..1), and the more uniform the picture, the freer.

        conspicuous: (count,), of all places in the frame, see `saliency.conspicuousness`.
        """
        low, middle, high = np.percentile(conspicuous, [5, 50, 95])
        uniform = float(np.clip(1 - (high - low) / (middle + 0.1), 0, 1))
        ground = min(1.0, 4 * uniform)
        prominent = np.percentile(conspicuous, 60 + 20 * strength + 10 * ground)
        return cls(
            likeness=(0.5 + 0.18 * ground) * (0.18 + 0.75 * strength) ** 2 * (1 + 1.6 * uniform),
            context=1 - 0.75 * strength,
            doubling=10 * (1 - 0.8 * strength),
            crowding=6 * (1 - 0.8 * strength),
            subject=float(np.clip(prominent, 0.08, 0.3 + 0.2 * strength**2)),
            share=min(1.0, (1.4 + 0.3 * ground) * strength),
            seam=(1.0 + 1.4 * strength) * (1 + 0.6 * uniform),
            distance=2 + 5 * ground,
            largest=0.08 + 0.14 * (0.4 + strength),
            boldness=0.15 + 0.6 * strength**2,
            tries=int(60 + 160 * strength),
        )
