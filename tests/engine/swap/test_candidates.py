from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from openai_images.engine.swap.candidates import RegionSearch, Template

SIDE = 20


@pytest.fixture(scope="module")
def ground():
    rng = np.random.default_rng(5)
    free = np.ones((2, SIDE, SIDE), bool)
    free[0, :4] = False
    conspicuous = rng.random((2, SIDE, SIDE)).astype(np.float32)
    return SimpleNamespace(
        side=SIDE,
        features=rng.normal(size=(2, SIDE, SIDE, 7)).astype(np.float32),
        conspicuous=conspicuous,
        frame_conspicuous=conspicuous[0],
        free=free,
    )


@pytest.fixture(scope="module")
def template():
    rng = np.random.default_rng(6)
    need = (rng.random((5, 6)) < 0.5).astype(np.float32)
    features = rng.normal(size=(5, 6, 7)).astype(np.float32)
    return Template(features, rng.random((5, 6)), rng.random((5, 6)), need)


@pytest.mark.parametrize("place", [(0, 0, 0), (0, 3, 7), (1, 10, 2), (1, 15, 14)])
def test_scores_are_those_of_a_plain_sum(ground, template, place):
    search = RegionSearch(ground)
    shown = np.random.default_rng(7).integers(0, 3, (2, SIDE, SIDE)).astype(np.float32)
    scores = search.scores(template, search.crowd(shown))
    image, row, column = place
    window = (image, slice(row, row + 5), slice(column, column + 6))
    square = (ground.features[window] - template.features) ** 2
    cost = (square[..., :3].sum(-1) * template.colour_weight).sum()
    cost += (square[..., 3:].sum(-1) * template.energy_weight).sum()
    assert scores.cost[place] == pytest.approx(cost / template.energy_weight.sum(), rel=1e-3)
    assert scores.unknown[place] == pytest.approx(
        (~ground.free[window] * template.need).sum(), abs=1e-3
    )
    needed = template.need.sum()
    conspicuous = (ground.conspicuous[window] * template.need).sum() / needed
    assert scores.conspicuous[place] == pytest.approx(conspicuous, rel=1e-3)
    repeating = np.maximum(ground.conspicuous - np.percentile(ground.conspicuous[0], 25), 0)
    crowd = ((shown * repeating)[window] * template.need).sum() / needed
    assert scores.crowd[place] == pytest.approx(crowd, rel=1e-3, abs=1e-4)


def test_a_region_of_the_ground_is_found_again(ground):
    even = np.ones((6, 6))
    wanted = ground.features[1, 9:15, 4:10]
    template = Template(wanted, even, even, even.astype(np.float32))
    search = RegionSearch(ground)
    cost = search.scores(template, search.crowd(np.zeros((2, SIDE, SIDE)))).cost
    assert np.unravel_index(cost.argmin(), cost.shape) == (1, 9, 4)
    assert cost.min() == pytest.approx(0, abs=1e-3)
