"""Tests of Layout: its limits."""

import pytest

from openai_images.pictures.formats import Broken, Layout, TooLarge


@pytest.mark.parametrize(
    ("width", "height", "memory", "message"),
    [
        (65_536, 1, 0, "it is 65536x1; no side may be over 65,535 pixels"),
        (1, 65_536, 0, "it is 1x65536; no side may be over 65,535 pixels"),
        (9, 9, 210_000_000, "it is 9x9; decoding it would take 210 MB of memory"),
    ],
)
def test_too_large(width, height, memory, message):
    with pytest.raises(TooLarge, match=message):
        Layout(width, height, memory, b"pixels")


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0), (-1, 1)])
def test_no_size(width, height):
    with pytest.raises(Broken, match=f"its size is {width}x{height}"):
        Layout(width, height, 0, b"")


def test_a_photograph_of_50_megapixels_passes():
    layout = Layout(8_160, 6_120, 8_160 * 6_120 * 4, bytes(10_000_000))
    assert "10_000" not in repr(layout)
