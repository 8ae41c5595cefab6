"""Neighbourhoods in planes: blur, box sums and extremes, dilation, local variance."""

from __future__ import annotations

import numpy as np

from .pixels import Bools, Bytes, Floats, Ints


def blur(planes: Floats, sigma: float) -> Floats:
    """Gaussian blur of (height, width) or (height, width, channels), edges repeated."""
    radius = max(1, int(2.5 * sigma + 0.5))
    taps = np.arange(-radius, radius + 1)
    kernel = np.exp(-taps * taps / (2 * sigma * sigma))
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        length = planes.shape[axis]
        places = np.clip(np.arange(-radius, length + radius), 0, length - 1)
        padded = planes.take(places, axis)
        total = np.zeros_like(planes, dtype=np.float32)
        weighted = np.empty(planes.shape, np.result_type(planes, np.float32))
        for tap, weight in enumerate(kernel):
            part = padded[tap : tap + length] if axis == 0 else padded[:, tap : tap + length]
            total += np.multiply(part, weight, out=weighted)
        planes = total
    return planes


def box_sum(plane: Floats | Ints, side: int) -> Floats:
    """Sums over all side x side boxes lying wholly inside: shape shrinks by side - 1."""
    sums = np.zeros((plane.shape[0] + 1, plane.shape[1] + 1), plane.dtype)
    np.cumsum(plane, axis=0, out=sums[1:, 1:])
    np.cumsum(sums[1:, 1:], axis=1, out=sums[1:, 1:])
    boxes: Floats = sums[side:, side:] - sums[:-side, side:]
    boxes -= sums[side:, :-side]
    boxes += sums[:-side, :-side]
    return boxes


def box_any(mask: Bools, side: int) -> Bools:
    """Whether any pixel of each side x side box is set: shape shrinks by side - 1."""
    height, width = mask.shape
    rows = mask[: height - side + 1].copy()
    for step in range(1, side):
        rows |= mask[step : height - side + 1 + step]
    boxes = rows[:, : width - side + 1].copy()
    for step in range(1, side):
        boxes |= rows[:, step : width - side + 1 + step]
    return boxes


def box_extreme(plane: Bytes, side: int, which: np.ufunc) -> Bytes:
    """The least or greatest value (np.minimum, np.maximum) in the side x side box around each
    pixel, edges repeated. side: odd."""
    height, width = plane.shape
    padded = np.pad(plane, side // 2, mode="edge")
    rows = padded[:height].copy()
    for step in range(1, side):
        which(rows, padded[step : height + step], out=rows)
    boxes = rows[:, :width].copy()
    for step in range(1, side):
        which(boxes, rows[:, step : width + step], out=boxes)
    return boxes


def dilate(mask: Bools, before: int, after: int) -> Bools:
    """The mask grown by ``before`` pixels up and left and ``after`` pixels down and right."""
    padded = np.zeros((mask.shape[0] + before + after, mask.shape[1] + before + after), np.bool_)
    padded[after : after + mask.shape[0], after : after + mask.shape[1]] = mask
    return box_any(padded, before + after + 1)


def local_variance(planes: Floats, side: int) -> Floats:
    """Variance in the side x side box around each pixel, averaged over channels (float32)."""
    half = side // 2
    padded = np.pad(planes, ((half, half), (half, half), (0, 0)), mode="reflect")
    total: Floats = np.zeros(planes.shape[:2])
    for channel in np.moveaxis(padded.astype(np.float64), 2, 0):
        mean = box_sum(channel, side) / side**2
        total += box_sum(channel * channel, side) / side**2 - mean * mean
    variance: Floats = np.maximum(total / planes.shape[2], 0).astype(np.float32)
    return variance
