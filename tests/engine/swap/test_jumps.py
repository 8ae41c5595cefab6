from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.jumps import (
    LEAST,
    LEAST_MIRRORED,
    NEVER,
    STEEP,
    errors,
    find_jumps,
)
from openai_images.engine.swap.sheet import CELLS, SIZE, Sheet

from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def stripes():
    """Upright stripes that repeat after 16 of 64 cells: three grey levels and a white one."""
    levels = np.repeat(np.tile([40, 90, 140, 240], 4), 16)
    image = Image.fromarray(np.tile(levels.astype(np.uint8), (256, 1))).convert("RGB")
    source, plain = Source(image), framing()
    return Sheet(source, plain, PatchSource(source, plain, SIZE, mirror=True))


def middle(sheet, column):
    """Number of a column of the frame among the known ones."""
    return column + sheet.margin - sheet.first


def test_jumps_by_a_period_are_cheapest(stripes):
    (jumps,) = find_jumps(errors(stripes, NEVER), [(0, CELLS)], mirror=False)
    here = middle(stripes, 22)
    assert jumps.cost.shape[0] == 1
    assert jumps.cost[0, here, middle(stripes, 38)] < 0.2
    assert jumps.cost[0, here, middle(stripes, 38)] <= jumps.cost[0, here].min() + 1e-6
    assert jumps.cost[0, here, middle(stripes, 32)] > 0.3


def test_short_jumps_are_none(stripes):
    (jumps,) = find_jumps(errors(stripes, NEVER), [(0, CELLS)], mirror=True)
    away = np.abs(np.subtract.outer(*[np.arange(jumps.cost.shape[1])] * 2))
    assert (jumps.cost[0][away < LEAST] == NEVER).all()
    assert (jumps.cost[1][away < LEAST_MIRRORED] == NEVER).all()


def test_a_step_in_the_horizon_is_met_by_a_rise():
    rows, columns = np.mgrid[:256, :256]
    ground = rows > np.where(columns < 128, 120, 128)
    image = Image.fromarray(np.where(ground, 60, 200).astype(np.uint8)).convert("RGB")
    source, plain = Source(image), framing()
    sheet = Sheet(source, plain, PatchSource(source, plain, SIZE, mirror=True))
    (jumps,) = find_jumps(errors(sheet, NEVER), [(0, CELLS)], mirror=False)
    assert jumps.rise[0, middle(sheet, 16), middle(sheet, 48)] == 2


def test_bands_are_judged_alone(stripes):
    whole, upper = find_jumps(errors(stripes, NEVER), [(0, CELLS), (0, 30)], mirror=False)
    assert upper.cost.shape == whole.cost.shape
    assert np.isfinite(upper.cost).all()


def test_errors_beyond_the_worst_count_more(stripes):
    plain, steep = (errors(stripes, worst)[0][:, 1:-1, 1:-1] for worst in (NEVER, 2.0))
    assert (plain > 2).any()
    assert np.allclose(steep, plain + STEEP * np.maximum(plain - 2, 0), rtol=1e-4)
