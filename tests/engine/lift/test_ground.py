from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source
from openai_images.engine.lift.ground import Ground
from openai_images.engine.pixels import pack_image, unpack

from ..pictures import meadow, orange


@pytest.fixture(scope="module")
def source():
    return Source(meadow())


@pytest.fixture(scope="module")
def ground(source):
    things = np.any([subject.mask for subject in source.stage.subjects], axis=0)
    return Ground(source, things, source.stage.others, mirror=True)


@pytest.mark.parametrize("size", [128, 256, 320])
def test_nothing_is_left_of_the_things_and_all_else_stays(source, ground, size):
    picture = pack_image(source.at(size, 1.0).resize((size, size)))
    closed = ground.at(picture)
    assert not orange(Image.fromarray(unpack(closed)[..., :3])).any()
    around = np.asarray(Image.fromarray(ground.hole).resize((size, size))) == 0
    far = around & ~np.roll(~around, 12, 0) & ~np.roll(~around, -12, 0)
    far &= ~np.roll(~around, 12, 1) & ~np.roll(~around, -12, 1)
    assert np.array_equal(closed[far], picture[far])


def test_closed_ground_has_the_grain_of_the_ground(source, ground):
    picture = pack_image(source.at(256, 1.0).resize((256, 256)))
    green = unpack(ground.at(picture))[..., 1].astype(float)
    hole = np.asarray(Image.fromarray(ground.hole).resize((256, 256)))
    steps = np.abs(np.diff(green, axis=1))
    inside, outside = steps[hole[:, 1:]].mean(), steps[~hole[:, 1:]].mean()
    assert 0.75 < inside / outside < 1.25


def test_what_belongs_above_stays_above():
    """A thing before a horizon: the sky goes on behind its upper half, grass behind its lower."""
    rgb = np.asarray(meadow(()))[..., :3].copy()
    rgb[:256] = rgb[:256, :, ::-1] // 2 + np.array([60, 90, 150], np.uint8)
    source = Source(Image.fromarray(rgb))
    thing = np.zeros((128, 128), bool)
    thing[44:84, 54:74] = True
    closed = Ground(source, thing, np.zeros_like(thing), mirror=True)
    shown = unpack(closed.at(pack_image(source.at(256, 1.0).resize((256, 256)))))
    blue = shown[..., 2].astype(int) > shown[..., 1]
    assert blue[90:118, 110:146].mean() > 0.9
    assert blue[138:166, 110:146].mean() < 0.1
