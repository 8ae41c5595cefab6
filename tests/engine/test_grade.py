from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.grade import Grade
from openai_images.engine.pixels import pack_bytes, unpack

STILL = Grade(1.0, 1.0, 0.0, 0.0, 0.0, (0.0, 0.0))


def graded(grade, rgb, alpha=255):
    rgba = np.empty((64, 64, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = rgb, alpha
    return unpack(grade.apply(pack_bytes(rgba)))


def drawn(seed, strength=1.0, drawing=True, turn=0):
    return Grade.draw(np.random.default_rng(seed), strength, 0.0, drawing, turn)


def test_the_still_grade_changes_nothing():
    rgb = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert np.abs(graded(STILL, rgb)[..., :3].astype(int) - rgb).max() <= 2


@pytest.mark.parametrize("level", [0, 255])
@pytest.mark.parametrize("seed", range(5))
def test_black_and_white_stay(seed, level):
    assert np.abs(graded(drawn(seed), level)[..., :3].astype(int) - level).max() <= 1


@pytest.mark.parametrize("seed", range(5))
def test_grey_stays_grey(seed):
    rgb = graded(drawn(seed), 120)[..., :3].astype(int)
    assert np.ptp(rgb, axis=-1).max() <= 2


def test_alpha_stays():
    assert (graded(drawn(1), (200, 30, 30), alpha=77)[..., 3] == 77).all()


def test_light_comes_from_one_side():
    grade = Grade(1.0, 1.0, 0.0, 0.0, 0.0, (0.2, 0.0))
    row = graded(grade, 128)[32, :, 0].astype(int)
    assert row[0] < 120 < 136 < row[-1]
    assert (np.diff(row) >= 0).all()


def test_chroma_is_scaled():
    pale = graded(Grade(1.0, 0.5, 0.0, 0.0, 0.0, (0.0, 0.0)), (180, 100, 100))[0, 0].astype(int)
    assert pale[0] - pale[1] == pytest.approx(40, abs=3)


def test_a_swing_turns_different_colours_differently():
    grade = Grade(1.0, 1.0, 0.0, 0.5, 0.0, (0.0, 0.0))
    red, blue = (graded(grade, rgb)[0, 0, :3] for rgb in ((200, 60, 60), (60, 60, 200)))
    assert np.abs(red.astype(int) - (200, 60, 60)).max() > 8
    assert np.abs(blue.astype(int) - (60, 60, 200)).max() < 40


def test_drawings_change_colour_more_than_photographs():
    bold = np.mean([abs(drawn(seed).hue) for seed in range(20)])
    gentle = np.mean([abs(drawn(seed, drawing=False).hue) for seed in range(20)])
    assert bold > 2 * gentle


def test_four_in_a_row_differ_in_tone():
    tones = [[drawn(seed, turn=turn).gamma for seed in range(20)] for turn in range(4)]
    first, second, third, fourth = sorted(tones)
    assert max(first) < min(second)
    assert max(second) < min(third)
    assert max(third) < min(fourth)
    assert min(first) < 0.85
    assert max(fourth) > 1.15


def test_without_strength_there_is_no_grade():
    grade = drawn(3, strength=0.0)
    assert (grade.gamma, grade.chroma, grade.hue, grade.swing) == (1, 1, 0, 0)
    assert grade.light == (0, 0)
