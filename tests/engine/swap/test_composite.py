from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.heal.voting import vote
from openai_images.engine.swap.composite import CELLS, SIZE, Composite, Ground

from ..pictures import poster, source_of
from ..recompose.test_framing import framing, shifted


def composite_of(source, view, mirror=True):
    patches = PatchSource(source, view, SIZE, mirror=mirror)
    return Composite(patches, Ground(source, view, patches, mirror=mirror))


@pytest.fixture
def composite():
    return composite_of(source_of("coffee"), framing())


def test_at_first_the_composite_is_the_view(composite):
    assert composite.known.all()
    assert not composite.changed.any()
    assert np.array_equal(composite.field(), composite.patches.home)
    assert np.array_equal(composite.picture(), vote(composite.patches, composite.patches.home))
    assert composite.shown().sum() == 2 * CELLS * CELLS


def test_a_pasted_region_shows_other_places(composite):
    rows, columns = slice(10, 20), slice(30, 40)
    where = np.zeros((20, 20), bool)
    where[4:16, 4:16] = True
    places = composite.places[20:40, 60:80] + 2 * 9
    before = composite.cell_origin.copy()
    composite.paste(rows, columns, where, places)
    assert composite.changed.sum() == 144
    assert composite.places[30, 70] == places[10, 10]
    expected = composite.canvas.reshape(-1, 3)[places[10, 10]]
    assert np.array_equal(composite.colours[30, 70], expected)
    assert composite.cell_origin[15, 35] == before[15, 35] + 9
    assert composite.cell_origin[15, 30] == before[15, 30]


def test_mirrored_places_are_counted_where_they_come_from(composite):
    patches = composite.patches
    where = np.ones((4, 4), bool)
    straight = composite.places[40:44, 40:44]
    row, column = np.divmod(straight, patches.side)
    mirrored = (row + patches.side) * patches.side + patches.side - 1 - column
    before = composite.cell_origin[20:22, 20:22].copy()
    composite.paste(slice(20, 22), slice(20, 22), where, mirrored)
    assert np.array_equal(composite.cell_origin[20:22, 20:22], before)
    assert composite.cell_of(int(mirrored[0, 0]))[0] == 1


def test_unknown_ground_is_painted_over(composite):
    holey = composite_of(source_of("gravel"), shifted(0.3))
    assert not holey.known.all()
    picture = holey.picture()
    assert (picture[~holey.known] != 0).all()
    assert picture.shape == (SIZE, SIZE)


def test_lettering_may_not_be_shown_elsewhere():
    source = Source(poster())
    ground = composite_of(source, framing()).ground
    assert ground.lettering.any()
    assert not ground.free[0][ground.lettering].any()
    assert not ground.free[1][ground.lettering[:, ::-1]].any()


def test_without_mirror_the_mirror_image_is_not_free():
    ground = composite_of(source_of("coffee"), framing(), mirror=False).ground
    assert ground.free[0].any()
    assert not ground.free[1].any()
