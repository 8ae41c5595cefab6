"""Which pixels belong to things: a soft cut of a picture by colour, texture and edges.

The map of things (`things`) says roughly where. What is unlike the ground in colour, texture and
height is told from it pixel by pixel, and doubts are settled along edges: by random walks (Grady,
"Random walks for image segmentation", PAMI 2006) in a network of neighbours whose conductance falls
with the step of colour, as in GrabCut (Rother, Kolmogorov, Blake, SIGGRAPH 2004).

Numbers without another reason were chosen by eye on 57 photographs of one or a few things.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..filters import blur, dilate, local_variance
from ..pixels import Bools, Floats, Ints, luma
from ..saliency import whole_numbers

SIDE = 128
"""Pixels a side at which pictures are cut and put together anew."""
GROUND, THING = 0.15, 0.65
"""Of the map of things: below, a place is ground; above, a thing, if unlike the ground too."""
RIM_GROUND = 0.3
"""Of the same: below, the outermost pixels are ground."""
SAMPLES = 350
"""Pixels of the ground, or of the things, that all others are compared with."""
SPREAD = 1.6
"""Unlike the ground is what is so many times as far from it as the 90th percentile of its own,"""
LEAST_SPREAD = 0.03
"""and farther than this, about what JPEG leaves of a step of colour."""
HEIGHT, SIDEWAYS = 0.3, 0.12
"""What a whole side up or across counts for, in colour: sky does not explain grass."""
TEXTURE = 0.7
"""What a difference of local contrast counts for."""
AROUND = 24
"""128ths of a side around a thing from which its ground is sampled in the second round."""
FINE, BESIDE = 2.0, 6
"""Detail is so many times that of 99 of 100 pixels of the ground; 128ths of a side around a thing
in which it belongs to it."""
ROUNDS = 40
"""Steps of the conjugate gradient."""


def cut(rgb: Floats, things: Floats) -> Floats:
    """How much each pixel belongs to a thing, about 0..1.

    rgb: (128, 128, 3), 0..1. things: the map of things, (128, 128).
    """
    pixels = _Pixels(rgb)
    ground = _ground(pixels, things)
    unlike = pixels.distance(_sample(ground)) / pixels.spread(ground) ** 2
    thing = unlike / (1 + unlike) * _rise(things, 0.1, 0.45)
    surely, never = (things > THING) & (unlike > 1.7), ground & (unlike < 1)
    share = _settle(rgb, thing, np.full_like(thing, 0.06), surely, never)

    inside = (share > 0.6) & (things > 0.35)
    core = ~dilate(~inside, 1, 1)
    if core.sum() < 20:
        return np.zeros_like(share)
    near = ((share < 0.25) | ground) & dilate(inside, AROUND, AROUND)
    apart = pixels.distance(np.concatenate([_sample(near), _sample(ground)]))
    alike = pixels.distance(_sample(core))
    thing = apart / (apart + alike + 1e-5) * _rise(things, 0.05, 0.3)
    surely = (~dilate(~inside, 3, 3) | ((things > THING) & inside)) & (thing > 0.4)
    never = ~dilate(share > 0.3, 6, 6) | (rim(2) & ground)
    share = _settle(rgb, thing, 0.15 * np.abs(2 * thing - 1) + 0.01, surely, never)
    return np.maximum(share, _fine(rgb, ground) & dilate(share > 0.4, BESIDE, BESIDE))


def _fine(rgb: Floats, ground: Bools) -> Bools:
    """Thin things that a walk leaves out, such as a chain: detail as the ground has none."""
    colours = opponent(rgb)
    detail = ((colours - blur(colours, 2.0)) ** 2).sum(-1)
    fine: Bools = detail > FINE * max(float(np.percentile(detail[ground], 99)), LEAST_SPREAD**2)
    return fine


def rim(width: int) -> Bools:
    """The outermost pixels."""
    mask = np.ones((SIDE, SIDE), np.bool_)
    mask[width:-width, width:-width] = False
    return mask


def opponent(rgb: Floats) -> Floats:
    """Brightness, red against green, yellow against blue; chroma weighs about as in YUV."""
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    planes = [luma(rgb), (red - green) * 0.8, ((red + green) / 2 - blue) * 0.6]
    return np.stack(planes, -1).astype(np.float32)


def least_distance(vectors: Floats, others: Floats) -> Floats:
    """Squared distance of each vector to the nearest of the others; of whole numbers, exactly."""
    squares = (others * others).sum(1)
    doubled = np.ascontiguousarray(-2 * others.T)
    least = [
        (vectors[start : start + 1024] @ doubled + squares).min(1)
        for start in range(0, len(vectors), 1024)
    ]
    distance: Floats = np.concatenate(least) + (vectors * vectors).sum(1)
    return distance


class _Pixels:
    """Colour, local contrast and place of all pixels; 1 is black against white."""

    def __init__(self, rgb: Floats) -> None:
        contrast = np.sqrt(blur(local_variance(rgb, 3), 1.0)) * TEXTURE
        y, x = np.mgrid[:SIDE, :SIDE] / SIDE
        planes = [blur(opponent(rgb), 0.6), np.stack([contrast, y * HEIGHT, x * SIDEWAYS], -1)]
        features = np.concatenate(planes, -1).reshape(SIDE * SIDE, -1)
        self.features, self.unit = whole_numbers(features)

    def distance(self, samples: Ints) -> Floats:
        """Squared distance of each pixel to the nearest of the samples, (128, 128)."""
        distance = least_distance(self.features, self.features[samples]) * self.unit**2
        return distance.reshape(SIDE, SIDE)

    def spread(self, ground: Bools) -> float:
        """From which distance on a pixel is unlike the ground."""
        own = least_distance(
            self.features[_sample(ground, 3 * SAMPLES)], self.features[_sample(ground)]
        )
        own = np.sqrt(own[own > 0]) * self.unit
        return max(SPREAD * float(np.percentile(own, 90)) if len(own) else 0.0, LEAST_SPREAD)

    def across(self, columns: slice, others: slice) -> Floats:
        """Squared distance of each pixel of some columns to the others', places across apart."""
        level = self.features.reshape(SIDE, SIDE, -1)[..., :-1]
        here, there = (level[:, part].reshape(-1, level.shape[-1]) for part in (columns, others))
        return (least_distance(here, there) * self.unit**2).reshape(SIDE, -1)


def _ground(pixels: _Pixels, things: Floats) -> Bools:
    """What is ground by the map of things, or found at both sides at one height.

    Trees in a row from the left border to the right one are no thing, however they stand out.
    """
    ground: Bools = (things < GROUND) | (rim(2) & (things < RIM_GROUND))
    if ground.mean() < 0.1:
        ground |= things < np.percentile(things, 30)
    reach = pixels.spread(ground) ** 2
    left, right = slice(0, 3), slice(SIDE - 3, SIDE)
    for here, there in ((left, right), (right, left)):
        ground[:, here] |= pixels.across(here, there) < reach
    return ground


def _sample(mask: Bools, count: int = SAMPLES) -> Ints:
    """Evenly chosen places of a mask."""
    places = np.flatnonzero(mask)
    return places[np.linspace(0, len(places) - 1, min(count, len(places))).astype(np.int64)]


def _rise(plane: Floats, low: float, high: float) -> Floats:
    """0 up to ``low``, 1 from ``high`` on, smooth between."""
    share: Floats = np.clip((plane - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)


def _settle(rgb: Floats, guess: Floats, trust: Floats, surely: Bools, never: Bools) -> Floats:
    """The plane nearest to a guess that changes only along edges.

    trust: of each guess, against the conductance between neighbours of one colour, 1.
    """
    guess = np.where(surely, 1.0, np.where(never, 0.0, guess))
    trust = np.where(surely | never, 1.0, trust)
    colours = opponent(rgb)
    across = ((colours[:, 1:] - colours[:, :-1]) ** 2).sum(-1)
    down = ((colours[1:] - colours[:-1]) ** 2).sum(-1)
    usual = (across.mean() + down.mean()) / 2 + 1e-5
    across, down = np.exp(-across / usual) + 0.01, np.exp(-down / usual) + 0.01

    def gathered(plane: Floats) -> Floats:
        total = trust * plane
        flow = across * (plane[:, 1:] - plane[:, :-1])
        total[:, 1:] += flow
        total[:, :-1] -= flow
        flow = down * (plane[1:] - plane[:-1])
        total[1:] += flow
        total[:-1] -= flow
        return total

    scale = trust.copy()
    scale[:, 1:] += across
    scale[:, :-1] += across
    scale[1:] += down
    scale[:-1] += down
    return _conjugate_gradient(gathered, trust * guess, guess, scale)


def _conjugate_gradient(
    matrix: Callable[[Floats], Floats], wanted: Floats, start: Floats, scale: Floats
) -> Floats:
    """Solves ``matrix(plane) = wanted``; scale: the matrix's diagonal."""
    plane = start.copy()
    rest = wanted - matrix(plane)
    step = rest / scale
    direction, left = step, float((rest * step).sum())
    for _ in range(ROUNDS):
        if left < 1e-6:
            break
        image = matrix(direction)
        length = left / float((direction * image).sum())
        plane = plane + length * direction
        rest = rest - length * image
        step = rest / scale
        before, left = left, float((rest * step).sum())
        direction = step + (left / before) * direction
    return plane
