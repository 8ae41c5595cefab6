from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import HALF, PatchSource
from openai_images.engine.pixels import to_rgb
from openai_images.engine.swap.arrangement import _Walks, rearrange
from openai_images.engine.swap.sheet import SIZE, Sheet
from openai_images.engine.swap.tours import Stretch
from openai_images.engine.variation import unchanged

from ..pictures import photograph, poster, source_of
from ..recompose.test_framing import framing


def arranged(source, strength=0.5, seed=0, mirror=False, go_on=lambda: None):
    rng = np.random.default_rng(seed)
    return rearrange(source, framing(), rng, strength, go_on, mirror=mirror)


def made(source, *arguments, **options):
    """The same, with nothing changed where no arrangement is better."""
    found = arranged(source, *arguments, **options)
    return found or unchanged(source, framing(), mirror=False)


def moved(patches, field):
    _, right, mirrored = patches.split(field)
    return (np.abs(right) > 0.08 * patches.size) | (mirrored > 0)


@pytest.fixture(scope="module")
def birds():
    """Waves below a quiet sky, with a few discs before it."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:256, :256]
    grey = 150 - 40 * (y > 128) * (1 + np.sin(y / 5 + 3 * np.sin(x / 31)))
    rgb = np.repeat((grey + rng.normal(0, 4, (256, 256)))[..., None], 3, 2)
    for row, column in ((60, 60), (80, 170), (190, 120)):
        rgb[np.hypot(y - row, x - column) < 14] = (220, 30, 20)
    return Source(Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8)))


def test_the_coarse_picture_has_its_size(birds):
    patches, field, picture = made(birds)
    assert patches.size == SIZE
    assert field.shape == (patches.span, patches.span)
    assert picture.shape == (SIZE, SIZE)
    assert patches.usable[field].mean() > 0.9


def test_a_scene_is_rearranged(birds):
    assert np.mean([moved(*made(birds, 0.7, seed)[:2]).mean() for seed in range(3)]) > 0.2


def test_parts_may_be_mirrored_but_only_if_that_is_allowed(birds):
    mirrored = [
        max(made(birds, 0.8, seed, mirror=mirror)[1].max() for seed in range(4))
        for mirror in (False, True)
    ]
    half = made(birds)[0].side ** 2
    assert mirrored[0] < half <= mirrored[1]


def test_without_strength_nothing_moves(birds):
    assert arranged(birds, 0.0) is None


@pytest.mark.parametrize("seed", range(3))
def test_what_is_surely_a_thing_stays_in_one_piece(seed):
    source = source_of("coffee")
    patches, field, _ = made(source, 0.5, seed, mirror=True)
    shift = field - patches.home
    cells = np.kron(source.things > 0.95, np.ones((2, 2), bool))
    inside = cells[HALF : HALF + patches.span, HALF : HALF + patches.span]
    changed = (shift[:, 1:] != shift[:, :-1]) & inside[:, 1:] & inside[:, :-1]
    assert changed.mean() < 0.01


@pytest.mark.parametrize("seed", range(2))
def test_what_is_found_once_is_neither_cut_by_the_frame_nor_left_out(seed):
    """A broad red post before sky and field, at full strength: 46 rows and 45 columns of it."""
    rng = np.random.default_rng(2)
    rgb = rng.normal((60, 90, 40), 6, (256, 256, 3)) + np.linspace(0, 40, 256)[:, None, None]
    rgb[:120] = rng.normal((150, 180, 220), 6, (120, 256, 3))
    rgb[60:180, 100:190] = rng.normal((150, 60, 40), 25, (120, 90, 3))
    source = Source(Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8)))
    picture = to_rgb(made(source, 1.0, seed)[2])[34:80]
    red = picture[..., 0] > picture[..., 1] + 0.1
    assert red.sum() == pytest.approx(46 * 45, rel=0.1)


def test_lettering_is_neither_cut_nor_shown_twice():
    source = Source(poster().resize((300, 300), Image.Resampling.BICUBIC))
    patches, field, _ = made(source, 0.8)
    written = np.kron(source.lettering, np.ones((2, 2), bool))
    inside = written[HALF : HALF + patches.span, HALF : HALF + patches.span]
    inside[:, [0, -1]] = False
    shift = field - patches.home
    for row in np.flatnonzero(inside.any(1)):
        assert len(np.unique(shift[row][inside[row]])) == 1


@pytest.mark.parametrize("rise", [-20, 20])
def test_a_walk_that_rises_beyond_the_canvas_shows_its_last_row(birds, rise):
    sheet = Sheet(birds, framing(), PatchSource(birds, framing(), SIZE, mirror=True))
    walks = _Walks(sheet, {(Stretch(0, 63, -1, rise),): 0.0})
    row = walks.index // sheet.side
    assert sheet.side <= row.min() <= row.max() < 2 * sheet.side


def test_seeds_differ_and_repeat(birds):
    one, again, other = (made(birds, seed=seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert (one != other).mean() > 0.1


def test_a_caller_can_stop_it(birds):
    class Stop(Exception):
        pass

    def go_on():
        raise Stop

    with pytest.raises(Stop):
        made(birds, go_on=go_on)


def test_a_photograph_keeps_its_heights():
    patches, field, _ = made(Source(photograph("rocket", 256)), 0.5)
    down, _, _ = patches.split(field)
    assert np.abs(down).max() < 0.2 * patches.size
