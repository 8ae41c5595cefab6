from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import islands
from openai_images.engine.recompose import moves

from ..pictures import two_discs

NOTHING = np.zeros((64, 64), bool)


def find_islands(image):
    return islands.find_islands(islands.find_grounds(image))


@pytest.mark.parametrize("seed", range(8))
def test_moved_islands_keep_clear_of_each_other_and_of_the_rim(seed):
    image = two_discs()
    found = find_islands(image)
    rng = np.random.default_rng(seed)
    drawn = moves.draw_moves(found, NOTHING, rng, 1.0, mirror=True)
    result = np.asarray(moves.rearrange(image, drawn).convert("RGB")).astype(int)
    red = (result[..., 0] > 200) & (result[..., 1] < 60)
    blue = (result[..., 2] > 200) & (result[..., 1] < 60)
    assert 0.3 < red.sum() / 7850 < 3
    assert 0.3 < blue.sum() / 20100 < 3
    assert not (red & blue).any()
    assert (result[[0, -1]] == 255).all()
    assert (result[:, [0, -1]] == 255).all()


def test_a_moved_island_leaves_plain_ground():
    image = two_discs("#ddeeff")
    found = find_islands(image)
    to_old = np.array([[1.0, 0, -0.1], [0, 1, 0]])
    moved = moves.rearrange(image, (moves.Move(found[1], to_old),))
    pixels = np.asarray(moved)[..., :3]
    assert pixels[110, 70].tolist() == [0xDD, 0xEE, 0xFF]
    assert pixels[110, 161].tolist() == [255, 0, 0]
    assert np.array_equal(pixels[250:], np.asarray(image)[250:, :, :3])


def test_an_island_with_letters_stays_upright():
    found = find_islands(two_discs())
    letters = np.ones((64, 64), bool)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        for move in moves.draw_moves(found, letters, rng, 1.0, mirror=True):
            assert move.to_old[0, 0] == move.to_old[1, 1] > 0
            assert move.to_old[0, 1] == move.to_old[1, 0] == 0


def test_without_moves_nothing_changes():
    image = two_discs()
    assert moves.rearrange(image, ()) is image
    plane = np.ones((64, 64))
    assert moves.rearrange_map(plane, ()) is plane


def test_a_map_moves_with_its_islands():
    found = find_islands(two_discs())
    plane = np.zeros((64, 64))
    plane[13, 13] = 1
    to_old = np.array([[1.0, 0, -0.25], [0, 1, 0]])
    moved = moves.rearrange_map(plane, (moves.Move(found[1], to_old),))
    assert moved.sum() == pytest.approx(1)
    assert np.unravel_index(moved.argmax(), moved.shape) == (13, 29)
