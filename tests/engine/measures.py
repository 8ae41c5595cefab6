"""Measures that tell a variation from a trick: numpy only, no weights, at 128 pixels or less.

All compare an input with outputs made from it. Mean colour and contrast, or a fitted linear change
of colours, are taken out first, so that a change of colour neither helps nor harms.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image

PATCH = 7
WINDOW = 9
"""Pixels a side of the windows by which outputs are explained, at 64 pixels a picture."""
NEAR = 6
"""How far from its aligned place, in pixels of 64, a window's content counts as still there."""
CHANNELS = 3


def thumbnail(image: Image.Image, side: int) -> np.ndarray:
    """(side, side, 3) float32 in 0..1."""
    method = Image.Resampling.BOX if image.width >= side else Image.Resampling.BICUBIC
    return np.asarray(image.convert("RGB").resize((side, side), method), np.float32) / 255


def patches(picture: np.ndarray, side: int, step: int) -> np.ndarray:
    """All patches as rows of numbers."""
    views = np.lib.stride_tricks.sliding_window_view(picture, (side, side), axis=(0, 1))
    return views[::step, ::step].reshape(-1, CHANNELS * side * side)


def nearest(
    queries: np.ndarray, keys: np.ndarray, excluded: np.ndarray | None = None
) -> np.ndarray:
    """Root mean square difference of each query to its nearest key."""
    squares = (keys * keys).sum(1)
    least = np.empty(len(queries), np.float32)
    for start in range(0, len(queries), 512):
        block = slice(start, start + 512)
        query = queries[block]
        distance = (query**2).sum(1)[:, None] + squares[None] - 2 * query @ keys.T
        if excluded is not None:
            distance[excluded[block]] = np.inf
        least[block] = distance.min(1)
    return np.sqrt(np.maximum(least, 0) / queries.shape[1])


# --- realism and coverage -----------------------------------------------------------------------

ZOOMS = (0.8, 0.88, 0.94, 1.0, 1.06, 1.14, 1.25)


def realism(source: Image.Image, output: Image.Image) -> float:
    """How far the output's patches are from the input's nearest, over zooms and mirror.

    In units of how unlike the input's own far parts are: 0 is a copy, 1 is as unlike the input as
    its parts are unlike each other.
    """
    return float(np.mean([_one_way(source, output, source, side) for side in (128, 64)]))


def coverage(source: Image.Image, output: Image.Image) -> float:
    """The same from input to output: what of the input the output does not show."""
    return float(np.mean([_one_way(output, source, source, side) for side in (128, 64)]))


def _one_way(keys: Image.Image, queries: Image.Image, unit: Image.Image, side: int) -> float:
    step = 2 if side == 128 else 1
    sample = _sample(_ungraded(thumbnail(queries, side)))
    return float(nearest(sample, _keys(keys, side, step)).mean()) / _own_unlikeness(unit, side)


def _ungraded(picture: np.ndarray) -> np.ndarray:
    return (picture - picture.mean((0, 1))) / max(float(picture.std()), 0.02)


def _sample(picture: np.ndarray, count: int = 500) -> np.ndarray:
    every = patches(picture, PATCH, 1)
    chosen = np.random.default_rng(1).choice(len(every), min(count, len(every)), replace=False)
    return every[chosen]


def _keys(image: Image.Image, side: int, step: int) -> np.ndarray:
    plain = thumbnail(image, side)
    mean, contrast = plain.mean((0, 1)), max(float(plain.std()), 0.02)
    keys = []
    for zoom in ZOOMS:
        picture = (thumbnail(image, round(side * zoom)) - mean) / contrast
        keys += [patches(picture, PATCH, step), patches(picture[:, ::-1], PATCH, step)]
    return np.concatenate(keys)


def _own_unlikeness(image: Image.Image, side: int, count: int = 500) -> float:
    """Distance of the input's patches to the nearest at least an eighth of it away."""
    picture = _ungraded(thumbnail(image, side))
    every, width = patches(picture, PATCH, 1), side - PATCH + 1
    chosen = np.random.default_rng(7).choice(len(every), min(count, len(every)), replace=False)
    row, column = np.divmod(chosen, width)
    key_row, key_column = np.divmod(np.arange(len(every)), width)
    close = np.abs(row[:, None] - key_row) < side // 8
    close &= np.abs(column[:, None] - key_column) < side // 8
    return float(nearest(every[chosen], every, close).mean()) + 0.05


# --- rearranged and relocated -------------------------------------------------------------------


@dataclass(frozen=True)
class Explained:
    """How well one flip, zoom, rotation, shift and colour change of the input explains an output.

    near: for each window of the output, the unexplained share of its variance, searched within
    NEAR pixels of where the change puts it; far: the same, searched over the whole input and its
    mirror image. lively: windows with anything in them. aligned: False if nothing fits at all.
    """

    near: np.ndarray
    far: np.ndarray
    lively: np.ndarray
    aligned: bool


def explain(source: Image.Image, output: Image.Image, side: int = 64) -> Explained:
    target = thumbnail(output, side)
    changed, down, right = _align(source, target)
    padded = np.pad(changed, ((24, 24), (24, 24), (0, 0)), mode="edge")

    def at(dy: int, dx: int) -> np.ndarray:
        row, column = 24 + down + dy, 24 + right + dx
        return padded[max(0, row) : row + side, max(0, column) : column + side]

    if any(at(step, step).shape != target.shape for step in (-NEAR, NEAR)):
        nothing = np.zeros((1, 1))
        return Explained(nothing + 1, nothing + 1, nothing == 0, False)
    colour = _colour_change(at(0, 0), target)
    painted = (_with_one(changed) @ colour).reshape(changed.shape).astype(np.float32)
    padded = np.pad(painted, ((24, 24), (24, 24), (0, 0)), mode="edge")
    near = np.full((side - WINDOW + 1,) * 2, np.inf, np.float32)
    for dy in range(-NEAR, NEAR + 1):
        for dx in range(-NEAR, NEAR + 1):
            near = np.minimum(near, _boxes(((at(dy, dx) - target) ** 2).sum(-1)))
    queries = patches(target, WINDOW, 1)
    keys = np.concatenate([patches(painted, WINDOW, 1), patches(painted[:, ::-1], WINDOW, 1)])
    far = nearest(queries, keys).reshape(near.shape) ** 2 * queries.shape[1]
    area = WINDOW * WINDOW
    means = [_boxes(target[..., channel]) ** 2 for channel in range(CHANNELS)]
    variance = _boxes((target * target).sum(-1)) - sum(means) / area
    unit = variance + area * CHANNELS * 0.02**2
    return Explained(near / unit, far / unit, variance > area * CHANNELS * 0.03**2, True)


def rearranged(explained: Explained) -> float:
    """Share of the output that no global change of the input explains."""
    if not explained.lively.any():
        return 0.0
    return float((explained.near > 0.5)[explained.lively].mean())


def relocated(explained: Explained) -> float:
    """Share whose content is absent where any global change would put it, but stands elsewhere."""
    if not explained.aligned or not explained.lively.any():
        return float(not explained.aligned)
    found = explained.far < np.minimum(0.35, 0.6 * explained.near)
    return float(((explained.near > 0.5) & found)[explained.lively].mean())


def _boxes(plane: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(plane, (WINDOW, WINDOW)).sum((-1, -2))


def _grey(picture: np.ndarray) -> np.ndarray:
    return picture @ np.array([0.299, 0.587, 0.114], np.float32)


def _changes(source: Image.Image, side: int):
    for turn in (-8, -4, 0, 4, 8):
        turned = source.rotate(turn, Image.Resampling.BICUBIC) if turn else source
        for zoom in np.exp(np.arange(-0.15, 0.31, 0.075)):
            picture = thumbnail(turned, max(8, round(side * zoom)))
            yield picture
            yield picture[:, ::-1]


def _align(source: Image.Image, target: np.ndarray) -> tuple[np.ndarray, int, int]:
    """The changed input that correlates best with the target, and its shift (down, right)."""
    side, frame = len(target), (160, 160)

    def spectra(grey: np.ndarray) -> list[np.ndarray]:
        return [np.fft.rfft2(plane, frame) for plane in (grey, np.ones_like(grey), grey * grey)]

    wanted, wanted_mask, wanted_square = (np.conj(each) for each in spectra(_grey(target)))
    best: tuple[float, np.ndarray, int, int] = (-2.0, target, 0, 0)
    for picture in _changes(source, side):
        grey, mask, square = spectra(_grey(picture))

        def sums(left: np.ndarray, right: np.ndarray) -> np.ndarray:
            return np.fft.irfft2(left * right, frame)

        overlap = np.maximum(sums(mask, wanted_mask), 1e-3)
        left, right = sums(grey, wanted_mask), sums(mask, wanted)
        covariance = sums(grey, wanted) - left * right / overlap
        left_variance = sums(square, wanted_mask) - left * left / overlap
        right_variance = sums(mask, wanted_square) - right * right / overlap
        spread = np.sqrt(np.maximum(left_variance * right_variance, 1e-3))
        fit = np.where(overlap > 0.72 * side * side, covariance / spread, -1)
        place = int(fit.argmax())
        if fit.flat[place] > best[0]:
            down, across = divmod(place, frame[1])
            limit = len(picture)
            down, across = (step - 160 if step > limit else step for step in (down, across))
            best = (float(fit.flat[place]), picture, down, across)
    return best[1:]


def _with_one(picture: np.ndarray) -> np.ndarray:
    colours = picture.reshape(-1, CHANNELS)
    return np.concatenate([colours, np.ones((len(colours), 1), np.float32)], 1)


def _colour_change(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """The affine map of colours that fits best, outliers weighted down twice."""
    left, right = _with_one(before), after.reshape(-1, CHANNELS)
    weight = np.ones((len(left), 1), np.float32)
    for _ in range(3):
        change = np.linalg.lstsq(left * weight, right * weight, rcond=None)[0]
        error = ((left @ change - right) ** 2).sum(1, keepdims=True)
        weight = 1 / (1 + error / (np.median(error) + 1e-4))
    return change


# --- the picture as a whole ---------------------------------------------------------------------


def similarity(source: Image.Image, output: Image.Image) -> float:
    """Correlation of 16-pixel thumbnails, or of one and the other's mirror image: 1 is the same."""
    before, after = thumbnail(source, 16), thumbnail(output, 16)

    def correlation(left: np.ndarray, right: np.ndarray) -> float:
        product = ((left - left.mean()) * (right - right.mean())).mean()
        return float(product / max(float(left.std() * right.std()), 1e-4))

    return max(correlation(before, after), correlation(before[:, ::-1], after))


def diversity(source: Image.Image, outputs: list[Image.Image]) -> float:
    """Spread of each pixel over the outputs, in units of the input's contrast (SinGAN, GPNN)."""
    stack = np.stack([thumbnail(output, 128) for output in outputs])
    return float(stack.std(0).mean() / max(thumbnail(source, 128).std(), 0.02))


def closest_pair(outputs: list[Image.Image]) -> float:
    """Mean difference (0..1) of the two outputs most alike, mirrors undone."""
    pictures = [thumbnail(output, 64) for output in outputs]
    return min(
        min(float(np.abs(one - other).mean()), float(np.abs(one - other[:, ::-1]).mean()))
        for one, other in combinations(pictures, 2)
    )


def sharpness(source: Image.Image, output: Image.Image) -> float:
    """Gradients per contrast of the output, relative to the input's."""

    def gradients(image: Image.Image) -> float:
        picture = thumbnail(image, 256)
        steps = np.abs(np.diff(picture, axis=0)).mean() + np.abs(np.diff(picture, axis=1)).mean()
        return float(steps / picture.std())

    return gradients(output) / gradients(source)
