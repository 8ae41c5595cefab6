from __future__ import annotations

import numpy as np
import pytest

from openai_images.engine import Source
from openai_images.engine.pixels import to_rgb
from openai_images.engine.recompose.canvas import render

from ..pictures import drawing, photograph, source_of
from .test_framing import framing, shifted


def test_the_plain_view_is_the_picture():
    pixels, known = render(source_of("coffee"), framing(), 256, 32)
    assert pixels.shape == known.shape == (320, 320)
    frame = to_rgb(pixels[32:-32, 32:-32])
    expected = np.asarray(photograph("coffee", 512).resize((256, 256), 1), float) / 255
    assert np.abs(frame - expected).mean() < 0.01


def test_what_lies_beyond_a_busy_border_is_unknown():
    _, known = render(source_of("gravel"), framing(), 128, 32)
    assert known[32:-32, 32:-32].all()
    assert not known[0].any()
    assert known.mean() < 0.6


def test_plain_ground_goes_on_beyond_the_border():
    pixels, known = render(Source(drawing()), framing(), 128, 16)
    assert known[16:-16, 16:-16].all()
    assert known[2, 40:100].all()
    assert to_rgb(pixels)[:10].min() == pytest.approx(1)


def test_a_shift_shows_other_places():
    straight, _ = render(source_of("coffee"), framing(), 128, 0)
    moved, _ = render(source_of("coffee"), shifted(0.25), 128, 0)
    left, right = to_rgb(straight)[:, 40:120], to_rgb(moved)[:, 8:88]
    assert np.abs(left - right).mean() < 0.01


def test_sizes_agree():
    small, _ = render(source_of("coffee"), shifted(0.1), 128, 16)
    large, _ = render(source_of("coffee"), shifted(0.1), 256, 32)
    means = to_rgb(large).reshape(160, 2, 160, 2, 3).mean((1, 3))
    assert np.abs(means - to_rgb(small)).mean() < 0.02
