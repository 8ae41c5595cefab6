"""Tests of check_rows: the number of rows, for every bit depth and interlacing."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.pictures.formats.layout import Broken
from openai_images.pictures.formats.png_rows import check_rows

KINDS = [(1, 0), (2, 0), (16, 0), (8, 2), (16, 2), (1, 3), (4, 3), (8, 4), (8, 6), (16, 6)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def header(width, height, depth=8, colour=2, interlaced=0):
    return memoryview(struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def unpacked_size(width, height, depth, colour, interlaced):
    """Bytes of all rows, counted pixel by pixel with the pattern of the specification."""
    pattern = ["16462646", "77777777", "56565656", "77777777"]
    pattern += ["36463646", "77777777", "56565656", "77777777"]
    rows = {}
    for y in range(height):
        for x in range(width):
            number = pattern[y % 8][x % 8] if interlaced else "1"
            rows[number, y] = rows.get((number, y), 0) + depth * CHANNELS[colour]
    return sum(1 + (bits + 7) // 8 for bits in rows.values())


@given(
    width=st.integers(1, 20),
    height=st.integers(1, 20),
    kind=st.sampled_from(KINDS),
    interlaced=st.booleans(),
    cuts=st.lists(st.integers(0, 60), max_size=3),
)
def test_all_rows_pass_and_one_byte_less_does_not(width, height, kind, interlaced, cuts):
    size = unpacked_size(width, height, *kind, interlaced)
    head = header(width, height, *kind, interlaced)
    edges = [0, *sorted(cuts)]
    packed = zlib.compress(bytes(size))
    parts = [packed[a:b] for a, b in zip(edges, [*edges[1:], len(packed)], strict=True)]
    check_rows(head, map(memoryview, parts))
    with pytest.raises(Broken, match="its pixels are cut off"):
        check_rows(head, [memoryview(zlib.compress(bytes(size - 1)))])


def test_what_is_more_than_the_rows_is_not_unpacked():
    check_rows(header(1, 1), [memoryview(zlib.compress(bytes(4)) + b"damaged")])


def test_damage_is_refused():
    with pytest.raises(Broken, match="its pixels are damaged"):
        check_rows(header(8, 8), [memoryview(b"not zlib")])


def test_no_data_is_refused():
    with pytest.raises(Broken, match="its pixels are cut off"):
        check_rows(header(8, 8), [])
