from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source

from ..pictures import meadow, orange, source_of, two_discs


def shrunk(mask):
    """A mask at 128 pixels a side."""
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.resize((128, 128), Image.Resampling.BOX)) > 127


def test_things_that_stand_free_are_found_whole():
    image = meadow()
    subjects = Source(image).stage.subjects
    assert len(subjects) == 2
    found = np.any([subject.mask for subject in subjects], axis=0)
    balls = shrunk(orange(image))
    assert (found & balls).sum() > 0.99 * balls.sum()
    assert found.sum() < 1.8 * balls.sum()
    assert subjects[0].share > subjects[1].share
    assert not any(subject.cut_below for subject in subjects)


def test_a_thing_cut_at_a_side_stays_and_one_cut_below_is_known_to_be():
    stage = Source(meadow(((10, 200, 50), (300, 490, 60)))).stage
    (subject,) = stage.subjects
    assert subject.cut_below
    assert subject.mask[:, 64:].any()
    assert stage.others[45:55, :8].any()
    assert not (stage.others & subject.mask).any()


@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket", "brick"])
def test_faces_and_what_fills_the_picture_are_left_alone(name):
    assert source_of(name).stage.subjects == ()


def test_things_on_plain_ground_are_moved_as_islands_and_not_lifted():
    assert Source(two_discs()).stage.subjects == ()


def test_the_weight_of_a_thing_spreads_over_its_ring_and_ends_at_the_frame():
    for subject in Source(meadow()).stage.subjects:
        assert subject.weight[subject.mask].min() > 0.95
        assert subject.weight.max() <= 1
        assert subject.weight[[0, -1]].max() == subject.weight[:, [0, -1]].max() == 0
