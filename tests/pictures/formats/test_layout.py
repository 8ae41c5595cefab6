"""Tests of Layout: its limits."""

import pytest

from openai_images.pictures.formats import Broken, Layout, TooLarge


@pytest.mark.parametrize(("width", "height"), [(65_536, 1), (1, 65_536)])
def test_no_side_is_longer_than_a_jpeg_can_say(width, height):
    message = f"it is {width}x{height}; no side may be over 65,535 pixels"
    with pytest.raises(TooLarge, match=message):
        Layout(width, height, 0, b"")


def test_what_takes_too_much_memory_is_refused():
    layout = Layout(9, 9, 240_000_000, b"")
    layout.check_memory()
    message = "it is 9x9; decoding it would take 240 MB of memory, and at most 240 MB are allowed"
    with pytest.raises(TooLarge, match=message):
        layout.check_memory(more=1)


def test_a_fraction_takes_less_but_for_what_is_fixed():
    layout = Layout(9, 9, 800_000_000, b"", fixed_memory=160_000_000)
    with pytest.raises(TooLarge, match="would take 320 MB"):
        layout.check_memory(2)
    layout.check_memory(4)


def test_pillow_is_never_given_what_it_would_warn_of():
    with pytest.raises(TooLarge, match="it is 10000x8948; at most 89,478,485 pixels"):
        Layout(10_000, 8_948, 0, b"").check_memory(8)


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0), (-1, 1)])
def test_no_size(width, height):
    with pytest.raises(Broken, match=f"its size is {width}x{height}"):
        Layout(width, height, 0, b"")


def test_a_photograph_of_50_megapixels_passes():
    layout = Layout(8_160, 6_120, 8_160 * 6_120 * 4, bytes(10_000_000))
    layout.check_memory()
    assert "10_000" not in repr(layout)
