from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.assembly import REACH, Assembly
from openai_images.engine.swap.sheet import CELLS, RATIO, SIZE, Sheet
from openai_images.engine.swap.tours import Stretch

from ..pictures import source_of
from ..recompose.test_framing import framing

ALL = (0, CELLS)


@pytest.fixture(scope="module")
def assembly():
    source, plain = source_of("gravel"), framing()
    return Assembly(Sheet(source, plain, PatchSource(source, plain, SIZE, mirror=True)), np.inf)


def home(assembly):
    patches = assembly.sheet.patches
    rows, columns = np.mgrid[:SIZE, :SIZE] + patches.margin
    return rows * patches.side + columns


def at(assembly, column):
    """Number of a column of the frame among those known."""
    return column + assembly.sheet.margin - assembly.sheet.first


def test_one_stretch_from_the_left_is_the_frame(assembly):
    places = assembly.places(((Stretch(0, at(assembly, 0), 1, 0),),), (ALL,))
    assert np.array_equal(places, home(assembly))


def test_a_backward_stretch_is_the_mirror_image(assembly):
    places = assembly.places(((Stretch(0, at(assembly, CELLS - 1), -1, 0),),), (ALL,))
    colours = assembly.sheet.patches.canvas.ravel()
    assert np.array_equal(colours[places], colours[home(assembly)][:, ::-1])


def test_a_cut_runs_near_the_planned_jump(assembly):
    tour = (Stretch(0, at(assembly, 0), 1, 0), Stretch(32, at(assembly, 10), 1, 0))
    places = assembly.places((tour,), (ALL,))
    kept = places == home(assembly)
    middle = 32 * RATIO
    assert kept[:, : middle - REACH].all()
    assert not kept[:, middle + REACH :].any()
    assert (np.diff(kept.astype(int), axis=1) <= 0).all()


def test_a_tour_with_a_bad_seam_is_refused(assembly):
    tour = (Stretch(0, at(assembly, 0), 1, 0), Stretch(32, at(assembly, 10), 1, 0))
    still = (Stretch(0, at(assembly, 0), 1, 0),)
    strict = Assembly(assembly.sheet, 0.0)
    assert strict.places((tour,), (ALL,)) is None
    assert strict.places((still, tour), ((0, 38), (26, CELLS))) is None
    assert np.array_equal(strict.places((still,), (ALL,)), home(assembly))


def test_two_tours_meet_in_the_rows_they_share(assembly):
    upper = (Stretch(0, at(assembly, 0), 1, 0),)
    lower = (Stretch(0, at(assembly, CELLS - 1), -1, 0),)
    places = assembly.places((upper, lower), ((0, 38), (26, CELLS)))
    kept = places == home(assembly)
    assert kept[: 26 * RATIO].all()
    assert not kept[38 * RATIO :].any()
