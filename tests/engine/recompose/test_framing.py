from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.recompose.framing import Framing, Lens, choose_framing, judge
from openai_images.engine.recompose.moves import rearrange_map

from ..pictures import drawing, poster, scenery, source_of

STILL = Lens((0.5, 0.5), 0.2, 0.0, (0.0, 0.0))
NOTHING = np.zeros((64, 64), bool)


def framing(mirrored=False, homography=None, lens=STILL):
    still = np.zeros((2, 4))
    return Framing(
        mirrored, 1.0, np.eye(3) if homography is None else homography, still, still, lens
    )


def shifted(right):
    return framing(homography=np.array([[1, 0, right], [0, 1, 0], [0, 0, 1.0]]))


def chosen(source, seed, strength=0.5, turn=0, mirror=True):
    rng = np.random.default_rng(seed)
    return choose_framing(source, rng, strength, mirror=mirror, turn=turn)


def test_the_plain_framing_changes_nothing():
    x = np.linspace(0, 1, 5)
    u, v = framing().to_input(x, x[::-1])
    assert u == pytest.approx(x)
    assert v == pytest.approx(x[::-1])


def test_a_mirrored_framing_runs_backwards():
    u, _ = framing(mirrored=True).to_input(np.array([0.0, 0.25]), np.array([0.5, 0.5]))
    assert u == pytest.approx([1, 0.75])


def test_a_lens_enlarges_around_its_centre_and_leaves_the_rest():
    lens = Lens((0.5, 0.5), 0.1, 0.3, (0.0, 0.0))
    u, v = framing(lens=lens).to_input(np.array([0.55, 1.0, 0.5]), np.array([0.5, 0.5, 0.5]))
    assert 0.51 < u[0] < 0.55
    assert u[1] == pytest.approx(1.0, abs=1e-5)
    assert (u[2], v[2]) == (0.5, 0.5)


def test_a_scene_is_never_reduced_and_other_photographs_by_turns():
    turns = range(4)
    scene = [chosen(source_of("rocket"), seed, turn=turn).zoom for turn in turns for seed in (1, 2)]
    assert source_of("rocket").is_scene
    assert min(scene) >= 1
    other = [
        chosen(source_of("chelsea"), seed, turn=turn).zoom for turn in turns for seed in (1, 2)
    ]
    assert min(other) < 1 < max(other)


@pytest.mark.parametrize("strength", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(6))
def test_no_framing_folds(seed, strength):
    x, y = np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60))
    u, v = chosen(source_of("coffee"), seed, strength).to_input(x, y)
    turned = np.diff(u, axis=1)[:-1] * np.diff(v, axis=0)[:, :-1]
    turned -= np.diff(u, axis=0)[:, :-1] * np.diff(v, axis=1)[:-1]
    assert (turned > 0).all()


def test_what_leaves_the_frame_is_not_kept():
    source = source_of("coffee")
    assert judge(source, framing(), source.keep, NOTHING)[1] == pytest.approx(1)
    assert judge(source, shifted(0.5), source.keep, NOTHING)[1] < 0.7


def test_ground_beyond_the_border_is_unknown_unless_it_can_be_extended():
    busy, plain = source_of("gravel"), Source(drawing())
    assert judge(busy, framing(), busy.keep, NOTHING)[0] == 0
    assert judge(busy, shifted(0.3), busy.keep, NOTHING)[0] > 0.02
    assert judge(plain, shifted(0.3), plain.keep, NOTHING)[0] == 0


def test_lost_letters_are_counted():
    letters = NOTHING.copy()
    letters[30, :32] = True
    source = source_of("gravel")
    assert judge(source, shifted(0.25), source.keep, letters)[2] == pytest.approx(0.5, abs=0.05)


def test_what_stands_free_is_not_shown_again_beyond_the_border():
    landscape, plain = Source(scenery()), Source(drawing())
    top = NOTHING.copy()
    top[2:8, 30:40] = True
    above = framing(homography=np.array([[1, 0, 0], [0, 1, -0.1], [0, 0, 1.0]]))
    assert not landscape.borders.solid
    assert judge(landscape, above, landscape.keep, top)[2] > 0.3
    assert plain.borders.solid
    assert judge(plain, above, plain.keep, top)[2] == 0


@pytest.mark.parametrize("make", [drawing, scenery, poster])
def test_the_frame_cuts_nothing_that_stands_free(make):
    """Nor does it touch it: a cell beside it is to be seen as well."""
    source = Source(make())
    for seed in range(8):
        for turn in range(4):
            framing = chosen(source, seed, strength=0.8, turn=turn)
            shown = [move.island.mask for move in framing.moves]
            assert shown
            whole = np.zeros((64, 64))
            for mask in shown:
                whole[mask.reshape(64, 4, 64, 4).any((1, 3))] = 1
            whole = rearrange_map(whole, framing.moves) > 0
            assert judge(source, framing, source.keep, whole)[2] <= 0.01


def test_mirrored_framings_alternate_unless_unwanted():
    source = source_of("coffee")
    assert [chosen(source, 1, turn=turn).mirrored for turn in range(4)] == [False, True] * 2
    assert not chosen(source, 1, turn=1, mirror=False).mirrored


@pytest.mark.parametrize("make", [drawing, poster])
def test_drawings_on_plain_ground_and_lettering_are_not_mirrored(make):
    source = Source(make())
    assert not any(chosen(source, seed, turn=1).mirrored for seed in range(4))


def test_lettering_stays_in_the_frame():
    source = Source(poster())
    for seed in range(6):
        framing = chosen(source, seed, strength=0.6)
        assert judge(source, framing, source.keep, source.lettering)[2] <= 0.02


def test_strength_zero_shows_the_whole_picture_as_it_is():
    x = np.linspace(0, 1, 5)
    u, v = chosen(source_of("coffee"), 3, strength=0.0).to_input(x, x)
    assert u == pytest.approx(x)
    assert v == pytest.approx(x)
