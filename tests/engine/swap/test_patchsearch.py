from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PATCH, PatchSource
from openai_images.engine.heal.voting import vote
from openai_images.engine.swap.patchsearch import PatchSearch, touching

from ..pictures import photograph
from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def patches():
    return PatchSource(Source(photograph("rocket", 256)), framing(), 30, mirror=False)


def test_a_picture_of_source_patches_finds_them(patches):
    picture = vote(patches, patches.home)
    field = PatchSearch(patches, patches.usable).field(picture)
    found = patches.pixels[field], patches.pixels[patches.home]
    apart = [each.view(np.uint8).astype(float) for each in found]
    assert np.abs(apart[0] - apart[1]).mean() < 3
    assert (field == patches.home).mean() > 0.9


def test_only_allowed_patches_are_found(patches):
    allowed = patches.usable.copy()
    allowed[patches.home[:10]] = False
    field = PatchSearch(patches, allowed).field(vote(patches, patches.home))
    assert allowed[field].all()


def test_what_belongs_above_stays_above(patches):
    """Upside down, even ground still finds patches of its own height."""
    grey = np.full((30, 30), 0xFF606060, np.uint32)
    field = PatchSearch(patches, patches.usable).field(grey)
    rows = field // patches.side - patches.margin
    assert rows[-3:].mean() > rows[:3].mean()


def test_a_patch_touches_what_lies_under_any_of_its_pixels():
    mask = np.zeros((20, 20), bool)
    mask[10, 12] = True
    touched = touching(mask)
    assert touched.shape == mask.shape
    assert touched.sum() == PATCH**2
    assert touched[10 - PATCH + 1 : 11, 12 - PATCH + 1 : 13].all()
