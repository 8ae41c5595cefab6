from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.layers import layered

SIDE = 64


def features(*bands):
    """Cells of one band of colours below another, each as many rows: (64, 64, 3)."""
    rows = np.concatenate([np.asarray(band, np.float32) for band in bands])
    return np.ascontiguousarray(rows.repeat(SIDE // len(rows), axis=0))


def row(*colours):
    """Blots side by side, as often as there is room."""
    blots = np.array(colours, np.float32).repeat(4, axis=0)
    return np.tile(blots, (-(-SIDE // len(blots)), 1))[None, :SIDE]


SKY, TREES, GRASS = (0.9, 0.9, 1.0), (0.1, 0.5, 0.2), (0.5, 0.9, 0.3)
GARDEN = (row(SKY), row(TREES, GRASS), row(GRASS), row(TREES))


def test_what_stands_in_rows_is_in_layers():
    assert layered(features(*GARDEN))


def test_columns_are_not():
    assert not layered(features(*GARDEN).swapaxes(0, 1).copy())


def test_one_thing_before_layers_is_not():
    garden = features(*GARDEN)
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE // 2
    garden[np.hypot(x, y) < 14] = (1.0, 0.1, 0.1)
    assert not layered(garden)


def test_what_is_never_found_again_is_not():
    """Every place of its own colour, though the rows differ too."""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    assert not layered(np.stack([2 * y, x, x * x], -1).astype(np.float32) * 2)


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_picture_of_one_colour_has_no_rows_that_differ(shade):
    plain = np.random.default_rng(1).normal(shade, 0.01, (SIDE, SIDE, 3))
    assert not layered(plain.astype(np.float32))
