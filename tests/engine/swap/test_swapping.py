from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.composite import SIZE
from openai_images.engine.swap.swapping import Swapper

from ..pictures import drawing, poster, source_of
from ..recompose.test_framing import framing, shifted


def swapped(source, strength=0.5, view=None, mirror=True, seed=0):
    view = view or framing()
    patches = PatchSource(source, view, SIZE, mirror=mirror)
    swapper = Swapper(source, view, patches, np.random.default_rng(seed), strength, mirror=mirror)
    return swapper, swapper.run(lambda: None)


def test_texture_is_exchanged():
    _, composite = swapped(source_of("gravel"))
    assert composite.changed.mean() > 0.5


def test_more_strength_changes_more():
    changed = [swapped(source_of("grass"), strength)[1].changed.mean() for strength in (0.1, 0.3)]
    assert changed[0] < changed[1]


def test_strength_zero_changes_nothing():
    assert not swapped(source_of("gravel"), 0.0)[1].changed.any()


@pytest.mark.parametrize("make", [drawing, poster])
def test_drawings_are_left_alone(make):
    assert not swapped(Source(make()), 0.8)[1].changed.any()


def test_lettering_in_a_photograph_is_left_alone():
    source = source_of("page")
    swapper, composite = swapped(source, 0.8)
    lettering = np.kron(swapper.lettering, np.ones((2, 2), bool))
    assert lettering.any()
    assert not composite.changed[lettering].any()


def test_the_subject_is_mostly_left_alone():
    swapper, composite = swapped(source_of("chelsea"), 0.8)
    kept = np.kron(swapper.kept, np.ones((2, 2), bool))
    assert composite.changed[kept].mean() < 0.2
    assert composite.changed[~kept].mean() > 0.3


def test_unknown_ground_is_filled():
    _, composite = swapped(source_of("gravel"), 0.3, view=shifted(0.2))
    assert composite.cell_known.all()


def test_without_mirror_nothing_mirrored_is_shown():
    patches_side = swapped(source_of("gravel"), mirror=False)[1]
    rows = patches_side.places // patches_side.patches.side
    assert (rows < patches_side.patches.side).all()


def test_what_go_on_raises_passes_through():
    source = source_of("gravel")
    patches = PatchSource(source, framing(), SIZE, mirror=True)
    swapper = Swapper(source, framing(), patches, np.random.default_rng(0), 0.5, mirror=True)

    def stop():
        raise KeyError("stop")

    with pytest.raises(KeyError):
        swapper.run(stop)
