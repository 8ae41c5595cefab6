from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.composite import SIZE, Composite, Ground
from openai_images.engine.swap.grafts import Region, _other_grain, graft

from ..pictures import source_of
from ..recompose.test_framing import framing


@pytest.fixture(scope="module")
def composite():
    source = source_of("gravel")
    patches = PatchSource(source, framing(), SIZE, mirror=True)
    return Composite(patches, Ground(source, framing(), patches, mirror=True))


def test_a_region_at_the_corner_stays_inside():
    region = Region(1, 62, 6)
    assert (region.rows, region.columns) == (slice(0, 11), slice(53, 64))
    assert region.inner.sum() < region.around.sum()
    assert region.distance[1, 9] == 0


def test_a_graft_from_its_own_place_fits_without_error(composite):
    region = Region(30, 30, 7)
    margin = composite.patches.margin // 2
    row, column = region.rows.start + margin, region.columns.start + margin
    piece = graft(composite, region, 0, row, column)
    window = (slice(40, 82), slice(40, 82))
    assert piece.error < 0.01
    assert np.array_equal(piece.places[piece.where], composite.places[window][piece.where])


def test_a_graft_covers_the_core_and_ends_inside_its_surroundings(composite):
    region = Region(30, 30, 7)
    piece = graft(composite, region, 1, 12, 9)
    rows, columns = np.mgrid[:42, :42]
    distance = np.hypot(rows - 21, columns - 21)
    assert piece.where[distance < 7 * 2 * 0.5].all()
    assert not piece.where[distance > region.reach * 2].any()
    assert piece.error > 0
    assert (piece.places[piece.where] // composite.patches.side >= composite.patches.side).all()


def test_a_thin_thing_must_not_vanish_under_ground():
    quiet = np.full(400, 0.02)
    thing = quiet.copy()
    thing[:20] = 0.4
    assert _other_grain(quiet, quiet * 1.3) == 0
    assert _other_grain(thing, quiet) == _other_grain(quiet, thing) > 3
    assert _other_grain(quiet[:0], quiet[:0]) == 0
