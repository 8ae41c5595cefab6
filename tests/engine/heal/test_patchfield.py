from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.heal.patchfield import HALF, PATCH, PatchSource, window

from ..pictures import source_of
from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def patches():
    return PatchSource(source_of("coffee"), framing(), 128, mirror=True)


def test_the_mirror_image_lies_below(patches):
    side = patches.side
    assert patches.canvas.shape == (2 * side, side)
    assert np.array_equal(patches.canvas[side:], patches.canvas[:side, ::-1])


def test_usable_patches_are_wholly_known(patches):
    usable = patches.usable.reshape(2 * patches.side, patches.side)
    for row, column in np.argwhere(usable)[::997]:
        assert patches.known[row : row + PATCH, column : column + PATCH].all()
    assert usable[: patches.side].any()
    assert usable[patches.side :].any()


def test_without_mirror_nothing_mirrored_is_usable():
    patches = PatchSource(source_of("coffee"), framing(), 128, mirror=False)
    assert not patches.usable.reshape(2, -1)[1].any()


def test_home_is_the_frame(patches):
    row, column = divmod(int(patches.home[3, 5]), patches.side)
    assert (row, column) == (patches.margin + 3, patches.margin + 5)
    assert all(not part.any() for part in patches.split(patches.home))


def test_shifts_survive_joining(patches):
    field = patches.home.copy()
    field[10:20, 10:20] += 3 * patches.side - 2
    field[50:60, 50:60] += patches.side**2
    down, right, mirrored = patches.split(field)
    assert (down[12, 12], right[12, 12]) == (3, -2)
    assert mirrored[55, 55] == 1
    assert np.array_equal(patches.join(down, right, mirrored), field)


def test_shifts_are_kept_inside(patches):
    far = np.full_like(patches.home, 10**4)
    field = patches.join(far, far, np.zeros_like(far))
    assert field.max() < patches.side**2


def test_only_jumps_are_seams(patches):
    assert not patches.seams(patches.home).any()
    field = patches.home.copy()
    field[40:60, 40:60] += 5
    seams = patches.seams(field)
    assert seams[40, 50]
    assert seams[39, 50]
    assert not seams[50, 50]
    assert patches.seam_pixels(field).shape == (128, 128)


def test_an_enlarged_field_shifts_twice_as_far(patches):
    finer = PatchSource(source_of("coffee"), framing(), 256, mirror=True)
    field = patches.home.copy()
    field[40:80, 40:80] += 3 * patches.side + 4
    enlarged = patches.enlarge(field, finer)
    down, right, mirrored = finer.split(enlarged)
    assert (down[120, 120], right[120, 120], mirrored[120, 120]) == (6, 8, 0)
    assert (down[10, 10], right[10, 10]) == (0, 0)
    assert np.array_equal(patches.enlarge(patches.home, finer), finer.home)


def test_a_window_is_even_and_sums_to_one():
    weights = window(1.5)
    assert weights.sum() == pytest.approx(1)
    assert weights[HALF, HALF] == weights.max()
    assert np.array_equal(weights, weights.T)
