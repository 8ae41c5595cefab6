"""Where else in the canvas a region could come from: every shift weighed at once.

Masked sums of squared differences between a template and all shifts of the canvas are
correlations, so three products in the Fourier domain give them all (the method of Kilthau, Drew,
Moeller, ICIP 2002, as used for texture synthesis by Kwatra et al., SIGGRAPH 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..pixels import Bools, Floats, Spectra
from .composite import Ground

COLOURS = 3
"""The first features are colour; the others edge energy."""


@dataclass(frozen=True)
class Template:
    """What is looked for, over a window of h x w cells.

    features: (h, w, 7). colour_weight, energy_weight: (h, w), 0 where anything will do.
    need: (h, w), 1 where the found region will be shown.
    """

    features: Floats
    colour_weight: Floats
    energy_weight: Floats
    need: Floats


@dataclass(frozen=True)
class Scores:
    """For each shift, by mirror image and top left cell of the window: (2, n, n).

    cost: mean squared difference where it matters. unknown: cells needed that are not known.
    conspicuous: mean over the cells needed. crowd: the same of how often they are already on show,
    weighted by how conspicuous one more copy would be.
    """

    cost: Floats
    unknown: Floats
    conspicuous: Floats
    crowd: Floats


class RegionSearch:
    """The canvas in the Fourier domain, ready for any number of templates."""

    def __init__(self, ground: Ground) -> None:
        self.side = ground.side
        features = np.moveaxis(ground.features, -1, 1)
        self._features = _spectrum(features)
        self._colour_squares = _spectrum((features[:, :COLOURS] ** 2).sum(1))
        self._energy_squares = _spectrum((features[:, COLOURS:] ** 2).sum(1))
        self._unknown = _spectrum(~ground.free)
        self._conspicuous = _spectrum(ground.conspicuous)
        ordinary = np.percentile(ground.frame_conspicuous, 25)
        self._repeating = np.maximum(ground.conspicuous - ordinary, 0)

    def crowd(self, shown: Floats) -> Spectra:
        """Spectrum of how often each cell is on show, for `scores`."""
        return _spectrum(shown * self._repeating)

    def scores(self, template: Template, crowd: Spectra) -> Scores:
        colour, energy = template.colour_weight, template.energy_weight
        features = np.moveaxis(template.features, -1, 0)
        planes = np.concatenate(
            [
                [colour, energy, template.need],
                features[:COLOURS] * colour,
                features[COLOURS:] * energy,
            ]
        )
        square = (self.side, self.side)
        spectra = np.conj(np.fft.rfft2(planes.astype(np.float32), s=square, axes=(-2, -1)))
        cross = np.einsum("cyx,kcyx->kyx", spectra[3:], self._features)
        cost = spectra[0] * self._colour_squares + spectra[1] * self._energy_squares - 2 * cross
        need = spectra[2]
        sums = np.fft.irfft2(
            np.stack([cost, need * self._unknown, need * self._conspicuous, need * crowd]),
            s=square,
            axes=(-2, -1),
        ).astype(np.float32)
        constant = float((features * planes[3:]).sum())
        weight = max(float(energy.sum()), 1e-6)
        needed = max(float(template.need.sum()), 1.0)
        return Scores(
            cost=np.maximum(sums[0] + constant, 0) / weight,
            unknown=sums[1],
            conspicuous=sums[2] / needed,
            crowd=sums[3] / needed,
        )


def _spectrum(planes: Floats | Bools) -> Spectra:
    spectrum: Spectra = np.fft.rfft2(np.ascontiguousarray(planes, np.float32))
    return spectrum
