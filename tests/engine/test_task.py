from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import MOST_USED, EngineError, Square, Task

from .pictures import photograph, sticker

PICTURE = Square("RGB", 2, bytes(12))


@pytest.mark.parametrize(
    ("image", "mode", "side"),
    [
        (photograph("coffee"), "RGB", 256),
        (sticker(), "RGBA", 512),
        (Image.new("L", (3000, 2000)), "RGB", MOST_USED),
        (Image.new("RGB", (10, 20)), "RGB", 64),
    ],
)
def test_a_picture_is_the_middle_square_in_the_engines_range(image, mode, side):
    picture = Square.of(image)
    assert (picture.mode, picture.side) == (mode, side)
    assert picture.image().size == (side, side)


def test_a_square_keeps_its_pixels():
    image = photograph("coffee")
    assert np.array_equal(Square.of(image).image(), image)


def test_a_picture_without_pixels_is_refused():
    with pytest.raises(EngineError, match="no pixels"):
        Square.of(Image.new("RGB", (0, 0)))


@pytest.mark.parametrize(
    ("mode", "side", "length", "words"),
    [
        ("L", 2, 4, "is L, 2 pixels"),
        ("RGB", 0, 0, "RGB, 0 pixels"),
        ("RGB", MOST_USED + 1, 3 * (MOST_USED + 1) ** 2, f"RGB, {MOST_USED + 1} pixels"),
        ("RGBA", 2, 12, "has 12 bytes; it must have 16"),
    ],
)
def test_what_does_not_fit_together_is_refused(mode, side, length, words):
    with pytest.raises(ValueError, match=words):
        Square(mode, side, bytes(length))


def test_the_digest_tells_pictures_apart():
    others = [Square("RGB", 2, bytes(11) + b"\1"), Square("RGBA", 2, bytes(16))]
    assert Square("RGB", 2, bytes(12)).digest == PICTURE.digest
    assert len({PICTURE.digest, *(other.digest for other in others)}) == 3


def test_the_pixels_are_not_shown():
    assert len(repr(Task(Square.of(photograph("coffee")), 256, 1))) < 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": 300}, "size is 300"),
        ({"seed": -1}, "seed is -1"),
        ({"index": -1}, "index -1"),
        ({"strength": 1.5}, "strength is 1.5"),
    ],
)
def test_a_task_out_of_range_is_refused(fields, words):
    with pytest.raises(ValueError, match=words):
        Task(PICTURE, **{"size": 256, "seed": 1, **fields})
