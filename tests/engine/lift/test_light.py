from __future__ import annotations

import numpy as np

from openai_images.engine.lift.light import colours, filled_in, mixed
from openai_images.engine.pixels import pack_bytes


def plain(level, side=256):
    return pack_bytes(np.full((side, side, 4), level, np.uint8))


def test_a_hole_is_filled_from_what_is_around_it():
    plane = np.zeros((32, 32, 1), np.float32)
    plane[:, 16:] = 9
    hole = np.zeros((32, 32), bool)
    hole[8:24, 8:24] = True
    filled = filled_in(np.where(hole[..., None], 77, plane), hole)
    assert np.array_equal(filled[~hole], plane[~hole])
    assert filled[16, 9, 0] < 2
    assert filled[16, 22, 0] > 7
    assert 0 <= filled.min() <= filled.max() <= 9


def test_what_is_laid_over_takes_on_light_and_leaves_the_rest_untouched():
    weight = np.zeros((128, 128), np.float32)
    weight[40:60, 40:60] = 1
    light = np.full((128, 128, 3), -20, np.float32)
    below, above = plain(200), plain(100)
    result = mixed(below, above, weight, light)
    assert (colours(result)[90:110, 90:110] == 80).all()
    assert np.array_equal(result[:70], below[:70])
    assert (below == plain(200)).all()


def test_without_weight_nothing_changes():
    below = plain(3)
    nothing = np.zeros((128, 128), np.float32)
    assert mixed(below, plain(9), nothing, np.zeros((128, 128, 3), np.float32)) is below
