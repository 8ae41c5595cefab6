from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from openai_images.engine import Source
from openai_images.engine.heal.patchfield import PatchSource
from openai_images.engine.swap.arrangement import Freedom
from openai_images.engine.swap.sheet import CELLS, LINE, RIM, SIZE, SPECK, THING, Sheet, View

from ..pictures import source_of
from ..recompose.test_framing import framing


def sheet_of(source):
    plain = framing()
    return Sheet(source, plain, PatchSource(source, plain, SIZE, mirror=True))


def view(level, variance=0.0, guard=0.0, signed=1, shape=(4, 4)):
    return View(
        np.full((*shape, 3), level, np.float32),
        np.full(shape, variance, np.float32),
        np.full(shape, guard, np.float32),
        np.full(shape, signed),
    )


def test_alike_ground_joins_without_a_seam():
    assert view(0.5).error(view(0.5)).max() == 0


def test_a_step_shows_on_flat_ground_and_hides_in_texture():
    flat = view(0.5).error(view(0.6)).max()
    busy = view(0.5, 0.02).error(view(0.6, 0.02)).max()
    assert flat > 5 * busy


def test_a_guard_on_either_side_is_paid():
    assert view(0.5, guard=3).error(view(0.5)).min() == 3
    assert view(0.5).error(view(0.5, guard=3)).min() == 3


def test_mirror_images_of_what_is_near_fold():
    assert view(0, signed=20).folded(view(0, signed=-22), 12).all()
    assert not view(0, signed=20).folded(view(0, signed=-60), 12).any()
    assert not view(0, signed=20).folded(view(0, signed=22), 12).any()


def test_things_and_borders_are_guarded():
    sheet = sheet_of(source_of("coffee"))
    guard = sheet.cells.guard
    assert sheet.things.max() == pytest.approx(1)
    assert guard[sheet.things > 0.99].min() > 0.98 * THING
    assert guard[:, sheet.first : sheet.first + RIM].min() > 0
    assert sheet.last - sheet.first >= CELLS - 1


def speckled(side=256):
    return np.random.default_rng(3).normal((90, 150, 80), 12, (side, side, 3))


def on_grass(box):
    """A brown thing before ground that repeats, at columns and rows of 256."""
    pixels = speckled()
    left, top, right, bottom = box
    pixels[top:bottom, left:right] = np.random.default_rng(4).normal(
        (120, 60, 40), 12, (bottom - top, right - left, 3)
    )
    return Source(Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)))


def test_no_seam_may_cut_what_is_found_once():
    sheet = sheet_of(on_grass((100, 90, 150, 150)))
    thing = (
        slice(sheet.margin + 90 // 4 + 2, sheet.margin + 150 // 4 - 2),
        slice(sheet.margin + 100 // 4 + 2, sheet.margin + 150 // 4 - 2),
    )
    assert sheet.cells.guard[thing].min() > 9 * Freedom.of(1).worst
    assert sheet.body[thing].min() > 0.5
    assert sheet.sure[: sheet.margin + 10].max() < 0.5


def test_ground_that_repeats_holds_nothing_found_once():
    sheet = sheet_of(Source(Image.fromarray(np.clip(speckled(), 0, 255).astype(np.uint8))))
    assert sheet.sure.max() == 0


def test_places_are_shown_as_they_are_in_the_canvas():
    y, x = np.mgrid[:128, :128]
    image = Image.fromarray(np.stack([x, y, x], -1).astype(np.uint8) * 2)
    sheet = sheet_of(Source(image))
    rows, columns = np.array([[20, 30]]), np.array([[40, 50]])
    shown = sheet.shown(sheet.cells, rows, columns, np.array([[False, True]]))
    assert np.array_equal(shown.colours[0], sheet.cells.colours[rows[0], columns[0]])
    assert shown.signed.tolist() == [[41, -51]]


def guard_of_stroke(*strokes):
    """What a seam costs on dark strokes before texture, in pixels of 128 of the frame."""
    noise = np.random.default_rng(2).normal(130, 12, (256, 256, 1)).repeat(3, 2)
    image = Image.fromarray(np.clip(noise, 0, 255).astype(np.uint8))
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, fill="#101010", width=5)
    sheet = sheet_of(Source(image))
    inner = slice(sheet.patches.margin, -sheet.patches.margin)
    return sheet.pixels.guard[inner, inner]


def test_a_seam_through_an_upright_line_on_texture_is_dear():
    guard = guard_of_stroke((60, 250, 190, 20))
    assert guard[67, 62] > 0.9 * LINE
    assert np.median(guard[20:108, 90:108]) < 1


def test_a_gap_in_an_upright_line_is_part_of_it():
    guard = guard_of_stroke((128, 20, 128, 110), (128, 118, 128, 240))
    assert guard[57, 64] > 0.9 * LINE


def test_a_level_line_and_a_speck_may_be_crossed_more_easily():
    for stroke in ((20, 128, 236, 128), (124, 128, 132, 128)):
        guard = guard_of_stroke(stroke)
        assert 0.5 * SPECK < guard[62:66, 62:66].max() <= SPECK
