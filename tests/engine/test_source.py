from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Source

from .pictures import drawing, photograph, poster, source_of, sticker


def test_importance_sums_to_one_and_prefers_the_subject():
    keep = source_of("rocket").keep
    assert keep.sum() == pytest.approx(1)
    assert keep[20:60, 20:44].mean() > 1.5 * keep.mean()


def test_a_blank_picture_has_no_importance():
    assert Source(Image.new("RGB", (64, 64), "white")).keep.sum() == 0


def test_solid_borders_can_be_extended_without_end():
    borders = Source(drawing()).borders
    assert borders.solid
    assert borders.calm == 1
    assert all(run.min() >= 10**6 for run in borders.runs)


def test_a_busy_border_cannot_be_extended():
    borders = source_of("gravel").borders
    assert not borders.solid
    assert borders.calm == 0
    assert all(run.max() == 0 for run in borders.runs)


def test_a_flat_side_can_be_extended_as_far_as_it_is_flat():
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    noise[:64] = 120
    top, bottom, _, _ = Source(Image.fromarray(noise)).borders.runs
    assert 26 <= np.median(top) <= 30
    assert np.median(bottom) == 0


def test_lettering_and_drawings_are_found():
    assert Source(poster()).lettering.any()
    assert Source(drawing()).is_drawing
    assert Source(drawing()).islands
    assert not source_of("coffee").is_drawing
    assert source_of("coffee").islands == ()


def test_transparency_is_noticed():
    assert Source(sticker()).transparent
    assert not Source(sticker().convert("RGB")).transparent
    assert not Source(photograph("coffee").convert("RGBA")).transparent


def test_a_picture_is_offered_at_the_size_needed():
    source = Source(photograph("coffee", 1500))
    assert source.at(256, 0.9).width == 256
    assert source.at(256, 1.3).width == 409
    assert source.at(1024, 1.4).width == 1500
    assert source.at(256, 0.9) is source.at(256, 0.8)


def test_a_small_picture_is_enlarged_to_the_frame():
    assert Source(photograph("coffee", 100)).at(256, 1.4).width == 256


def test_a_face_or_a_cup_fills_its_picture_and_a_landscape_does_not():
    assert source_of("chelsea").filled
    assert source_of("coffee").filled
    assert not source_of("rocket").filled
    assert not source_of("gravel").filled


def test_only_a_photograph_whose_parts_may_change_places_is_a_scene():
    assert source_of("rocket").is_scene
    assert not source_of("chelsea").is_scene
    assert not source_of("gravel").is_scene
    assert not Source(drawing()).is_scene
