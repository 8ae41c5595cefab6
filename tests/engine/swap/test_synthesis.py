from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import HALF
from openai_images.engine.swap.synthesis import SIZES, synthesise

from ..pictures import photograph, poster, source_of
from ..recompose.test_framing import framing


def made(source, strength=0.5, seed=0, mirror=False, go_on=lambda: None):
    rng = np.random.default_rng(seed)
    return synthesise(source, framing(), rng, strength, go_on, mirror=mirror)


def moved(patches, field):
    down, right, mirrored = patches.split(field)
    return (np.hypot(down, right) > 0.08 * patches.size) | (mirrored > 0)


@pytest.fixture(scope="module")
def birds():
    """A landscape of waves with a few discs before it."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:256, :256]
    grey = 120 + 30 * np.sin(y / 5 + 3 * np.sin(x / 31)) + rng.normal(0, 6, (256, 256))
    rgb = np.repeat(grey[..., None], 3, 2)
    for row, column in ((60, 60), (80, 170), (190, 120)):
        rgb[np.hypot(y - row, x - column) < 14] = (220, 30, 20)
    return Source(Image.fromarray(np.clip(rgb, 0, 255).astype(np.uint8)))


def test_the_coarse_picture_has_its_size(birds):
    patches, field, picture = made(birds)
    assert patches.size == SIZES[-1]
    assert field.shape == (patches.span, patches.span)
    assert picture.shape == (SIZES[-1], SIZES[-1])
    assert patches.usable[field].mean() > 0.9


def test_strength_moves_more(birds):
    weak, strong = (
        np.mean([moved(*made(birds, strength, seed)[:2]).mean() for seed in range(3)])
        for strength in (0.05, 0.7)
    )
    assert strong > 2 * weak


def test_without_strength_next_to_nothing_moves(birds):
    assert moved(*made(birds, 0.0)[:2]).mean() < 0.1


@pytest.mark.parametrize("seed", range(3))
def test_large_things_stay_and_are_shown_once(seed):
    source = source_of("coffee")
    patches, field, _ = made(source, 0.5, seed, mirror=True)
    row, column = np.unravel_index(np.argmax(source.things), (64, 64))
    middle = np.array([row, column]) * patches.size // 64 - HALF
    middle = np.clip(middle, 0, patches.span - 1)
    home = patches.home[tuple(middle)]
    assert field[tuple(middle)] == home
    assert (field == home).sum() == 1


def test_lettering_stays():
    source = Source(poster().resize((300, 300), Image.Resampling.BICUBIC))
    patches, field, _ = made(source, 0.8)
    written = np.kron(source.lettering, np.ones((11, 11)))[::16, ::16]
    inside = written[HALF : HALF + patches.span, HALF : HALF + patches.span] > 0
    assert not moved(patches, field)[inside].any()


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
    assert np.abs(down).mean() < 0.2 * patches.size
