from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.heal import healing
from openai_images.engine.heal.healing import Effort, WholeSearch, coarsest, heal
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.heal.voting import vote
from openai_images.engine.pixels import unpack

from ..pictures import source_of
from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def patches():
    return PatchSource(source_of("gravel"), framing(), 128, mirror=True)


def exchanged(patches):
    """A field with a square taken from elsewhere."""
    field = patches.home.copy()
    field[40:70, 40:70] += 21 * patches.side + 17
    return field


def error_at_seams(patches, field, guide):
    seam = patches.seam_pixels(field)
    made = unpack(vote(patches, field)).astype(float)
    return np.abs(made - unpack(guide))[seam].mean()


def test_a_field_without_seams_stays(patches):
    guide = vote(patches, patches.home)
    field, picture = heal(patches, patches.home, guide, healing.THOROUGH)
    assert np.array_equal(field, patches.home)
    assert np.array_equal(picture, guide)


def test_healing_touches_only_the_seams(patches):
    before = exchanged(patches)
    field, _ = heal(patches, before, vote(patches, before), healing.QUICK)
    moved = field != before
    assert moved.any()
    assert not moved[:30].any()
    assert not moved[50:60, 50:60].any()


def test_healed_patches_look_more_like_the_guide(patches):
    before = exchanged(patches)
    guide = vote(patches, before)
    field, _ = heal(patches, before, guide, Effort(1, 1, (1, 3, 6), 2))
    active = patches.seams(before)

    def unlikeness(each):
        rows, columns = np.nonzero(active)
        total = 0.0
        for down in range(0, 7, 2):
            for right in range(0, 7, 2):
                places = each[rows, columns] + down * patches.side + right
                shown = unpack(patches.pixels[places]).astype(float)
                total += ((shown - unpack(guide)[rows + down, columns + right]) ** 2).sum()
        return total

    assert unlikeness(field) < unlikeness(before)


def test_patches_of_unknown_ground_are_replaced(patches):
    unknown = np.flatnonzero(~patches.usable)
    field = patches.home.copy()
    field[50:54, 50:54] = unknown[0]
    healed, _ = heal(patches, field, vote(patches, patches.home), coarsest(holes=True))
    assert patches.usable[healed].all()


def test_the_search_finds_a_patch_of_the_source(patches):
    search = WholeSearch(patches, 2)
    places = search.places[::501]
    wanted = healing.patch_values(patches.pixels, places, healing.patch_offsets(patches.side, 2))
    found = healing.patch_values(
        patches.pixels, search.nearest(wanted), healing.patch_offsets(patches.side, 2)
    )
    same = np.abs(found - wanted).max(1) == 0
    assert same.mean() > 0.9


def test_with_nothing_usable_the_field_stays(patches):
    blind = PatchSource(source_of("gravel"), framing(), 128, mirror=True)
    blind.usable[:] = False
    field, picture = heal(blind, exchanged(blind), vote(blind, blind.home), coarsest(holes=True))
    assert np.array_equal(field, exchanged(blind))
    assert picture.shape == (128, 128)
