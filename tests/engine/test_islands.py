from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from openai_images.engine import islands

from .pictures import drawing, photograph

NOTHING = np.zeros((64, 64), bool)


def two_discs(ground="white"):
    image = Image.new("RGB", (512, 512), ground)
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 60, 160, 160), fill="red")
    draw.ellipse((300, 280, 460, 440), fill="blue")
    return image.convert("RGBX")


def test_things_on_one_ground_are_islands_largest_first():
    found = islands.find_islands(two_discs())
    assert len(found) == 2
    assert found[0].centre == pytest.approx((0.742, 0.703), abs=0.01)
    assert found[1].centre == pytest.approx((0.215, 0.215), abs=0.01)


def test_near_things_belong_together():
    image = Image.new("RGBX", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    for x in (60, 84, 108):
        draw.rectangle((x, 100, x + 18, 130), fill="black")
    assert len(islands.find_islands(image)) == 1


def test_what_touches_the_rim_stays():
    image = Image.new("RGBX", (256, 256), "white")
    ImageDraw.Draw(image).rectangle((0, 100, 120, 130), fill="black")
    assert islands.find_islands(image) == ()


def test_eyes_stay_in_a_face():
    image = Image.new("RGBX", (256, 256), "white")
    draw = ImageDraw.Draw(image)
    draw.ellipse((40, 40, 216, 216), fill="gold")
    draw.ellipse((80, 90, 100, 120), fill="black")
    draw.ellipse((150, 90, 170, 120), fill="black")
    assert len(islands.find_islands(image)) == 1


def test_a_ground_that_is_not_of_one_colour_is_none():
    ramp = np.repeat(np.linspace(0, 255, 256).astype(np.uint8)[None], 256, 0)
    image = Image.fromarray(ramp).convert("RGBX")
    ImageDraw.Draw(image).ellipse((100, 100, 140, 140), fill="red")
    assert islands.find_islands(image) == ()


def test_drawings_are_told_from_photographs():
    assert islands.drawn(drawing().convert("RGBX")) > 0.9
    assert islands.drawn(photograph("coffee", 512).convert("RGBX")) < 0.3


@pytest.mark.parametrize("seed", range(8))
def test_moved_islands_keep_clear_of_each_other_and_of_the_rim(seed):
    image = two_discs()
    found = islands.find_islands(image)
    rng = np.random.default_rng(seed)
    moves = islands.draw_moves(found, NOTHING, rng, 1.0, mirror=True)
    result = np.asarray(islands.rearrange(image, moves).convert("RGB")).astype(int)
    red = (result[..., 0] > 200) & (result[..., 1] < 60)
    blue = (result[..., 2] > 200) & (result[..., 1] < 60)
    assert 0.3 < red.sum() / 7850 < 3
    assert 0.3 < blue.sum() / 20100 < 3
    assert not (red & blue).any()
    assert (result[[0, -1]] == 255).all()
    assert (result[:, [0, -1]] == 255).all()


def test_a_moved_island_leaves_plain_ground():
    image = two_discs("#ddeeff")
    found = islands.find_islands(image)
    to_old = np.array([[1.0, 0, -0.1], [0, 1, 0]])
    moved = islands.rearrange(image, (islands.Move(found[1], to_old),))
    pixels = np.asarray(moved)[..., :3]
    assert pixels[110, 70].tolist() == [0xDD, 0xEE, 0xFF]
    assert pixels[110, 161].tolist() == [255, 0, 0]
    assert np.array_equal(pixels[250:], np.asarray(image)[250:, :, :3])


def test_an_island_with_letters_stays_upright():
    found = islands.find_islands(two_discs())
    letters = np.ones((64, 64), bool)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        for move in islands.draw_moves(found, letters, rng, 1.0, mirror=True):
            assert move.to_old[0, 0] == move.to_old[1, 1] > 0
            assert move.to_old[0, 1] == move.to_old[1, 0] == 0


def test_without_moves_nothing_changes():
    image = two_discs()
    assert islands.rearrange(image, ()) is image
    plane = np.ones((64, 64))
    assert islands.rearrange_map(plane, ()) is plane


def test_a_map_moves_with_its_islands():
    found = islands.find_islands(two_discs())
    plane = np.zeros((64, 64))
    plane[13, 13] = 1
    to_old = np.array([[1.0, 0, -0.25], [0, 1, 0]])
    moved = islands.rearrange_map(plane, (islands.Move(found[1], to_old),))
    assert moved.sum() == pytest.approx(1)
    assert np.unravel_index(moved.argmax(), moved.shape) == (13, 29)
