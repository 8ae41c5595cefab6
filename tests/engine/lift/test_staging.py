from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source, variation
from openai_images.engine.labels import Regions
from openai_images.engine.lift.staging import restage

from ..pictures import meadow, orange

COMES, GOES, MOVES = 3, 1, 0


@pytest.fixture(scope="module")
def source():
    return Source(meadow())


def staged(source, seed, turn, *, strength=0.5, mirror=True):
    rng = np.random.default_rng(seed)
    return restage(source, rng, strength, lambda: None, mirror=mirror, turn=turn)


def balls(image):
    """Areas of the balls shown, in 256 x 256 pixels."""
    regions = Regions.of(orange(image.resize((256, 256), Image.Resampling.BOX)))
    areas = regions.area[regions.classes == 1]
    return sorted(int(area) for area in areas if area > 30)


@pytest.mark.parametrize(("turn", "count"), [(MOVES, 2), (GOES, 1), (COMES, 3)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_things_move_come_and_go_and_stay_whole(source, seed, turn, count):
    result = staged(source, seed, turn)
    assert result is not None
    areas = balls(result.at(256, 1.0))
    assert len(areas) == count
    old = balls(source.image)
    assert min(areas) > 0.5 * old[0]
    assert max(areas) < 1.8 * old[-1]
    before, after = (orange(each.at(256, 1.0)) for each in (source, result))
    assert (before & after).sum() < 0.9 * before.sum()


def test_the_maps_go_along(source):
    result = staged(source, 1, MOVES)
    shown = np.asarray(result.at(256, 1.0).resize((64, 64), Image.Resampling.BOX).convert("RGB"))
    on_ball = (shown[..., 0].astype(int) - shown[..., 1]) > 25
    assert result.things[on_ball].mean() > 3 * result.things[~on_ball].mean()
    assert result.keep.sum() == pytest.approx(1)


def test_unmirrored_things_keep_their_light_side_on_the_left(source):
    for seed in range(3):
        result = staged(source, seed, MOVES, mirror=False)
        assert result is not None
        image = result.at(256, 1.0)
        regions = Regions.of(orange(image))
        bright = np.asarray(image.convert("L")).astype(float)
        for number in np.flatnonzero((regions.classes == 1) & (regions.area > 30)):
            rows, columns = np.nonzero(regions.numbers == number)
            left = columns < columns.mean()
            assert (
                bright[rows[left], columns[left]].mean()
                > bright[rows[~left], columns[~left]].mean()
            )


def test_nothing_is_set_anew_at_strength_0_or_without_things(source):
    assert staged(source, 1, MOVES, strength=0) is None
    assert staged(Source(meadow(())), 1, MOVES) is None


def test_a_restaged_variation_repeats_and_is_composed_alike_at_another_size(source):
    first, other = (variation(source, size, seed=1, index=1) for size in (256, 512))
    again = variation(Source(meadow()), 256, seed=1, index=1)
    assert first.tobytes() == again.tobytes()
    small = np.asarray(other.resize((64, 64), Image.Resampling.BOX)).astype(float)
    same = np.asarray(first.resize((64, 64), Image.Resampling.BOX)).astype(float)
    assert np.abs(small - same).mean() < 4
