from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.heal.patchfield import PATCH, PatchSource, window
from openai_images.engine.heal.voting import LEAST_WEIGHT, vote
from openai_images.engine.pixels import unpack

from ..pictures import source_of
from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def patches():
    return PatchSource(source_of("coffee"), framing(), 128, mirror=True)


def frame(patches):
    inner = slice(patches.margin, patches.margin + patches.size)
    return patches.canvas[inner, inner]


def test_without_seams_the_picture_is_copied(patches):
    assert np.array_equal(vote(patches, patches.home), frame(patches))


def test_away_from_seams_pixels_are_copies(patches):
    field = patches.home.copy()
    field[60:, :] += 4
    picture = vote(patches, field)
    assert np.array_equal(picture[:50], frame(patches)[:50])


def test_at_a_seam_colours_are_means_of_what_meets(patches):
    field = patches.home.copy()
    field[:, 60:] += patches.side**2
    trust = np.random.default_rng(0).random(field.shape).astype(np.float32) + 0.1
    weights = window(1.5)
    row, column = 64, 62
    total, weight = np.zeros(4), 0.0
    for down in range(PATCH):
        for right in range(PATCH):
            share = weights[down, right] * trust[row - down, column - right]
            if weights[down, right] >= LEAST_WEIGHT:
                place = field[row - down, column - right] + down * patches.side + right
                total += share * unpack(patches.pixels[place : place + 1])[0]
                weight += share
    picture = unpack(vote(patches, field, trust, weights))
    assert np.abs(picture[row, column] - total / weight).max() <= 0.51


def test_trusted_patches_win(patches):
    field = patches.home.copy()
    field[:, 60:] += patches.side**2
    trust = np.full(field.shape, 1e-6, np.float32)
    trust[:, :60] = 1
    picture = unpack(vote(patches, field, trust)).astype(int)
    difference = picture - unpack(frame(patches))
    assert np.abs(difference[10:-10, 58:62]).max() <= 1


def test_at_the_rim_a_seam_leaves_no_hole(patches):
    field = patches.home.copy()
    field[:, ::8] += 1
    picture = unpack(vote(patches, field, window=window(1.5))).astype(int)
    rim = np.concatenate([picture[[0, -1]].reshape(-1, 4), picture[:, [0, -1]].reshape(-1, 4)])
    copies = unpack(frame(patches))
    least = min(int(copies[..., :3].max(-1).min()), 40)
    assert (rim[:, :3].max(-1) >= least).all()
    assert (rim[:, 3] == 255).all()
