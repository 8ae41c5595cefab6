from __future__ import annotations

import numpy as np

from openai_images.engine.lift.likeness import Likeness
from openai_images.engine.lift.subjects import small

from ..pictures import meadow

EVERYWHERE = np.ones((128, 128), bool)


def test_ground_is_not_strange_to_other_ground_but_a_thing_is():
    ball = np.zeros((128, 128), bool)
    ball[26:54, 20:50] = True
    rgb = small(meadow().convert("RGBX"))
    assert Likeness(rgb, ball).strangeness(rgb, ball) < 1
    assert Likeness(rgb, ~ball).strangeness(small(meadow(()).convert("RGBX")), ball) < 1
    assert Likeness(small(meadow(()).convert("RGBX")), EVERYWHERE).strangeness(rgb, ball) > 2


def test_nowhere_is_not_strange_and_everything_is_where_nothing_is_known():
    rgb = small(meadow().convert("RGBX"))
    assert Likeness(rgb, EVERYWHERE).strangeness(rgb, ~EVERYWHERE) == 0
    assert Likeness(rgb, ~EVERYWHERE).strangeness(rgb, EVERYWHERE) == np.inf
