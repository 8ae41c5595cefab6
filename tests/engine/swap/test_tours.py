from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.swap.jumps import Jumps
from openai_images.engine.swap.sheet import CELLS
from openai_images.engine.swap.tours import STRIDE, Stretch, best_tours, columns_shown, draw_wishes

COLUMNS = 66
FREE = np.zeros(COLUMNS, np.float32)


def jumps(cost, kinds=1):
    found = Jumps(COLUMNS, kinds)
    found.cost[:] = cost
    return found


def wish(columns, way=0):
    welcome = np.zeros((CELLS, 1, 2, COLUMNS), np.float32)
    welcome[np.arange(CELLS), 0, way, columns] = 1
    return welcome


def test_a_wish_without_a_jump_is_walked_for_nothing():
    ((cost, tour),) = best_tours(jumps(1e6), wish(np.arange(CELLS) + 1), FREE, 1.0)
    assert tour == (Stretch(0, 1, 1, 0),)
    assert cost == 0


def test_a_backward_wish_is_walked_backwards():
    columns = np.arange(CELLS)[::-1] + 2
    ((_, tour),) = best_tours(jumps(1e6), wish(columns, way=1), FREE, 1.0)
    assert np.array_equal(columns_shown(tour)[0], columns)
    assert tour[0].way == -1


def test_a_cheap_jump_is_made_and_its_rise_kept():
    columns = np.where(np.arange(CELLS) < 32, np.arange(CELLS), np.arange(CELLS) - 20)
    found = jumps(1e6)
    found.cost[0, 32, 12] = 0.5
    found.rise[0, 32, 12] = 2
    ((cost, tour),) = best_tours(found, wish(columns), FREE, 1.0)
    assert tour == (Stretch(0, 0, 1, 0), Stretch(32, 12, 1, 2))
    assert cost == pytest.approx(0.5)


def test_a_dear_jump_is_not_made():
    columns = np.where(np.arange(CELLS) < 32, np.arange(CELLS), np.arange(CELLS) - 20)
    found = jumps(1e6)
    found.cost[0, 32, 12] = 0.5
    ((_, tour),) = best_tours(found, wish(columns), FREE, 1000.0)
    assert len(tour) == 1


def test_a_walk_does_not_begin_where_the_frame_would_cut_something():
    rim = FREE.copy()
    rim[1] = 100
    ((_, tour),) = best_tours(jumps(1e6), wish(np.arange(CELLS) + 1), rim, 1.0)
    assert tour[0].column != 1


@pytest.mark.parametrize("mirror", [False, True])
def test_tours_stay_on_the_columns_and_walk_between_jumps(mirror):
    rng = np.random.default_rng(3)
    found = jumps(rng.random((2 if mirror else 1, COLUMNS, COLUMNS)), 2 if mirror else 1)
    welcome = draw_wishes(rng, 12, COLUMNS, mirror=mirror)
    assert welcome.max() <= 1
    assert mirror or not welcome[:, :, 1].any()
    tours = [tour for _, tour in best_tours(found, welcome, FREE, 1.0)]
    assert max(len(tour) for tour in tours) > 1
    for tour in tours:
        shown, ways, _ = columns_shown(tour)
        assert 0 <= shown.min() <= shown.max() < COLUMNS
        assert (np.diff([stretch.start for stretch in tour]) >= STRIDE).all()
        assert mirror or (ways == 1).all()


def test_too_few_columns_make_no_walk():
    welcome = draw_wishes(np.random.default_rng(0), 2, 20, mirror=False)
    found = Jumps(20, 1)
    assert [tour for _, tour in best_tours(found, welcome, np.zeros(20, np.float32), 1.0)] == [
        (),
        (),
    ]
