from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.change import changed
from openai_images.engine.swap.judging import Judge
from openai_images.engine.swap.sheet import CELLS, SIZE, Sheet

from ..recompose.test_framing import framing


def sheet_of(rgb):
    source, plain = Source(Image.fromarray(rgb)), framing()
    return Sheet(source, plain, PatchSource(source, plain, SIZE, mirror=True))


def blots(columns):
    """Blots of all colours, 16 pixels wide, so many columns of them."""
    colours = np.random.default_rng(3).integers(0, 256, (16, columns, 3)).astype(np.uint8)
    return np.kron(np.tile(colours, (1, 16 // columns, 1)), np.ones((16, 16, 1), np.uint8))


@pytest.fixture(scope="module")
def sheet():
    return sheet_of(blots(16))


def walk(sheet, columns, mirrored=False):
    """One arrangement: what stands at each cell if these columns of the frame are shown."""
    rows = np.arange(CELLS)[:, None] + sheet.margin + mirrored * sheet.side
    return (rows * sheet.side + np.asarray(columns) + sheet.margin)[None]


def judged(sheet, index, lost=1.0, twice=1.0):
    judge = Judge(sheet, 1.0, lost=lost, twice=twice, seam=0.0)
    return judge.weigh(judge.shown(index), np.zeros(len(index)))


def looks_changed(sheet, index):
    return float(changed(sheet, index)[0])


ALL = np.arange(CELLS)
EXCHANGED = ALL.reshape(4, -1)[[0, 2, 1, 3]].ravel()
"""The second and the third quarter change places."""


def test_the_picture_as_it_is_has_not_moved_and_costs_nothing(sheet):
    weighed = judged(sheet, walk(sheet, ALL))
    assert weighed.moved[0] == pytest.approx(0, abs=1e-6)
    assert weighed.price[0] == pytest.approx(0, abs=1e-6)
    assert looks_changed(sheet, walk(sheet, ALL)) == 0


def test_its_mirror_image_is_one_shift_of_it_too(sheet):
    index = walk(sheet, ALL[::-1], mirrored=True)
    assert judged(sheet, index).moved[0] == pytest.approx(0, abs=1e-6)
    assert looks_changed(sheet, index) == 0


def test_quarters_that_change_places_move_and_look_changed(sheet):
    assert judged(sheet, walk(sheet, EXCHANGED)).moved[0] == pytest.approx(0.5, abs=0.1)
    assert looks_changed(sheet, walk(sheet, EXCHANGED)) > 0.35


def test_only_what_the_shift_of_most_does_not_explain_looks_changed(sheet):
    """Three quarters by one shift, the last by another."""
    index = walk(sheet, np.concatenate([ALL[:48], ALL[:16]]))
    assert 0.1 < looks_changed(sheet, index) < 0.35


def test_what_is_exchanged_for_its_like_moves_but_looks_the_same():
    """Quarters of a picture that are alike."""
    alike = sheet_of(blots(4))
    assert judged(alike, walk(alike, EXCHANGED)).moved[0] > 0.4
    assert looks_changed(alike, walk(alike, EXCHANGED)) == 0


def test_a_half_shown_twice_costs_by_its_price(sheet):
    index = walk(sheet, np.tile(ALL[: CELLS // 2], 2))
    for lost, twice in ((1.0, 0.0), (0.0, 1.0)):
        price = judged(sheet, index, lost, twice).price[0]
        assert 0.1 < price < 0.5
        assert price == pytest.approx(judged(sheet, index, 2 * lost, 2 * twice).price[0] / 2)


def test_what_is_lost_costs_by_its_square(sheet):
    """What one half shown twice loses and what the other does is all there is."""
    halves = ALL.reshape(2, -1)
    prices = [judged(sheet, walk(sheet, np.tile(half, 2)), twice=0.0).price[0] for half in halves]
    assert np.sqrt(prices).sum() == pytest.approx(1)


def test_what_is_found_once_may_not_be_left_out():
    """A red post before noise."""
    rgb = np.random.default_rng(2).normal(90, 6, (256, 256, 3))
    rgb[60:200, 20:80] = np.random.default_rng(3).normal((170, 40, 40), 25, (140, 60, 3))
    sheet = sheet_of(np.clip(rgb, 0, 255).astype(np.uint8))
    assert sheet.sure.max() == 1
    left, right = ALL[: CELLS // 2], ALL[CELLS // 2 :]
    assert np.isfinite(judged(sheet, walk(sheet, np.tile(left, 2))).price[0])
    assert judged(sheet, walk(sheet, np.tile(right, 2))).price[0] == np.inf
