"""The bounds that variations keep and tricks break, and the tricks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from . import measures

Batch = tuple[Image.Image, ...]


@dataclass(frozen=True)
class Bound:
    """The mean of a measure over a batch of variations of the pictures named lies in a range."""

    name: str
    measure: Callable[[Image.Image, Batch], float]
    pictures: tuple[str, ...]
    least: float = -np.inf
    most: float = np.inf

    def holds(self, source: Image.Image, batch: Batch) -> bool:
        return self.least <= self.measure(source, batch) <= self.most


def _mean(measure: Callable[[Image.Image, Image.Image], float]):
    def over(source: Image.Image, batch: Batch) -> float:
        return float(np.mean([measure(source, output) for output in batch]))

    return over


def _relocated(source: Image.Image, output: Image.Image) -> float:
    return measures.relocated(measures.explain(source, output))


def _rearranged(source: Image.Image, output: Image.Image) -> float:
    return measures.rearranged(measures.explain(source, output))


def _closest_pair(_: Image.Image, batch: Batch) -> float:
    return measures.closest_pair(list(batch))


ALL = ("chelsea", "brick", "gravel", "hubble_deep_field", "astronaut", "coffee", "rocket")

BOUNDS = (
    Bound("closest pair", _closest_pair, ALL, least=0.025),
    Bound("sharpness", _mean(measures.sharpness), ALL, least=0.8, most=1.25),
    Bound("similarity", _mean(measures.similarity), ("astronaut", "coffee", "rocket"), least=0.7),
    Bound("realism", _mean(measures.realism), ("chelsea",), most=0.65),
    # A face may not be taken apart: 0.009 is what fur alone allows. Tricks reach 0.001 at most.
    Bound("relocated", _mean(_relocated), ("chelsea",), least=0.005),
    Bound("relocated", _mean(_relocated), ("brick",), least=0.05),
    Bound("rearranged", _mean(_rearranged), ("gravel", "hubble_deep_field"), least=0.7),
)


def first_broken(make: Callable[[str], tuple[Image.Image, Batch]]) -> str | None:
    """The first bound, in order of cost, that batches break; None if all hold.

    make: source and batch for the name of a picture.
    """
    for bound in BOUNDS:
        for picture in bound.pictures:
            if not bound.holds(*make(picture)):
                return f"{bound.name} on {picture}"
    return None


# --- tricks: what looks like work and is none ----------------------------------------------------

Random = np.random.Generator


def copy(image: Image.Image, rng: Random) -> Image.Image:
    return image.copy()


def flip(image: Image.Image, rng: Random) -> Image.Image:
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def crop(image: Image.Image, rng: Random) -> Image.Image:
    side = int(image.width * rng.uniform(0.7, 0.9))
    left, top = rng.integers(0, image.width - side, 2)
    box = (left, top, left + side, top + side)
    return image.resize(image.size, Image.Resampling.BICUBIC, box)


def hue(image: Image.Image, rng: Random) -> Image.Image:
    h, s, v = image.convert("HSV").split()
    turn = int(rng.integers(10, 246))
    return Image.merge("HSV", (h.point(lambda level: (level + turn) % 256), s, v)).convert("RGB")


def noise(image: Image.Image, rng: Random) -> Image.Image:
    noisy = np.asarray(image) + rng.normal(0, 30, (*image.size, 3))
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def blur(image: Image.Image, rng: Random) -> Image.Image:
    return image.filter(ImageFilter.GaussianBlur(rng.uniform(2, 4)))


def rotation(image: Image.Image, rng: Random) -> Image.Image:
    turned = image.rotate(rng.choice([-1, 1]) * rng.uniform(3, 8), Image.Resampling.BICUBIC)
    rim = image.width // 14
    box = (rim, rim, image.width - rim, image.height - rim)
    return turned.resize(image.size, Image.Resampling.BICUBIC, box)


def combination(image: Image.Image, rng: Random) -> Image.Image:
    return flip(crop(hue(image, rng), rng), rng) if rng.uniform() < 0.5 else crop(image, rng)


def warp(image: Image.Image, rng: Random) -> Image.Image:
    side, count = image.width, 8
    grid = np.linspace(0, side, count + 1)
    phase = rng.uniform(0, 2 * np.pi, 2)
    bend = 0.03 * side * np.sin(grid / side * 2 * np.pi + phase[0])
    bow = 0.03 * side * np.sin(grid / side * 2 * np.pi + phase[1])
    mesh = []
    for row in range(count):
        for column in range(count):
            corners = ((row, column), (row + 1, column), (row + 1, column + 1), (row, column + 1))
            quad = [(grid[x] + bend[y], grid[y] + bow[x]) for y, x in corners]
            box = tuple(int(grid[i]) for i in (column, row, column + 1, row + 1))
            mesh.append((box, tuple(value for point in quad for value in point)))
    return image.transform(
        image.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC, fillcolor=None
    )


def shuffled_blocks(image: Image.Image, rng: Random) -> Image.Image:
    block, side = 32, image.width
    places = [(x, y) for y in range(0, side, block) for x in range(0, side, block)]
    result = Image.new("RGB", image.size)
    for (x, y), index in zip(places, rng.permutation(len(places)), strict=True):
        left, top = places[index]
        result.paste(image.crop((left, top, left + block, top + block)), (x, y))
    return result


TRICKS = (
    copy,
    flip,
    crop,
    hue,
    noise,
    blur,
    rotation,
    combination,
    warp,
    shuffled_blocks,
)
