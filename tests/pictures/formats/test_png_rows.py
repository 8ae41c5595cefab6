"""Tests of check_rows: the number of rows, for every bit depth and interlacing."""

import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip_lib

from openai_images import deflate
from openai_images.pictures.formats.layout import Broken
from openai_images.pictures.formats.png_rows import check_rows, row_lengths

KINDS = [(1, 0), (2, 0), (16, 0), (8, 2), (16, 2), (1, 3), (4, 3), (8, 4), (8, 6), (16, 6)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


@pytest.fixture(autouse=True, scope="module", params=[igzip_lib, None], ids=["isal", "zlib"])
def library(request):
    """What unpacks: ISA-L, and what stands in where there is none."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(deflate, "igzip_lib", request.param)
        yield


def passes(width, height, depth=8, colour=2, interlaced=False):
    return row_lengths(width, height, depth * CHANNELS[colour], interlaced=interlaced)


def views(*parts):
    return [memoryview(part) for part in parts]


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
    rows = passes(width, height, *kind, interlaced)
    edges = [0, *sorted(cuts)]
    packed = zlib.compress(bytes(size))
    parts = [packed[a:b] for a, b in zip(edges, [*edges[1:], len(packed)], strict=True)]
    assert check_rows(rows, views(*parts))
    with pytest.raises(Broken, match="its pixels are cut off"):
        check_rows(rows, views(zlib.compress(bytes(size - 1))))


@given(
    width=st.integers(1, 30),
    height=st.integers(1, 30),
    interlaced=st.booleans(),
    filters=st.data(),
)
def test_a_filter_that_there_is_not_is_found_in_any_row(width, height, interlaced, filters):
    rows = passes(width, height, 8, 2, interlaced)
    lines = [length for count, length in rows for _ in range(count)]
    kinds = [filters.draw(st.integers(0, 4)) for _ in lines]

    def packed():
        plain = b"".join(
            bytes([kind]) + b"\xff" * (n - 1) for kind, n in zip(kinds, lines, strict=True)
        )
        return views(zlib.compress(plain))

    assert check_rows(rows, packed())
    kinds[filters.draw(st.integers(0, len(lines) - 1))] = filters.draw(st.integers(5, 255))
    with pytest.raises(Broken, match="a row has an unknown filter"):
        check_rows(rows, packed())


def test_large_pictures_are_unpacked_in_blocks():
    rows = passes(3000, 2000)
    assert check_rows(rows, views(zlib.compress(bytes(2000 * 9001))))
    with pytest.raises(Broken, match="its pixels are cut off"):
        check_rows(rows, views(zlib.compress(bytes(2000 * 9001 - 1))))


def test_what_hardly_packs_is_unpacked_in_pieces_however_it_is_cut():
    noise = random.Random(1).randbytes(9000)
    packed = zlib.compress(b"".join(b"\0" + noise for _ in range(400)), 0)
    cut = [packed[start : start + 1000] for start in range(0, len(packed), 1000)]
    for parts in ([packed], cut, [packed[:1], packed[1:]], [b"", *packed.partition(b"\0")]):
        assert check_rows(passes(3000, 400), views(*parts))
        with pytest.raises(Broken, match="its pixels are cut off"):
            check_rows(passes(3000, 401), views(*parts))


@pytest.mark.parametrize(
    "parts",
    [
        views(zlib.compress(bytes(4)) + b"damaged"),
        views(zlib.compress(bytes(4)), b"", b"more"),
        views(zlib.compress(bytes(5))),
        views(zlib.compress(bytes(50_000_000))),
    ],
)
def test_what_is_more_than_the_rows_is_noticed_and_not_unpacked(parts):
    assert not check_rows(passes(1, 1), parts)


def test_empty_parts_are_nothing():
    assert check_rows(passes(1, 1), views(b"", zlib.compress(bytes(4)), b""))


def test_a_checksum_that_does_not_fit_is_damage():
    packed = zlib.compress(bytes(4))
    with pytest.raises(Broken, match="its pixels are damaged"):
        check_rows(passes(1, 1), views(packed[:-1] + b"?"))


def test_a_stream_without_its_end_holds_more_than_its_rows_or_less():
    packed = zlib.compress(bytes(4))
    assert not check_rows(passes(1, 1), views(packed[:-1]))


def test_damage_is_refused():
    with pytest.raises(Broken, match="its pixels are damaged"):
        check_rows(passes(8, 8), views(b"not zlib"))


def test_no_data_is_refused():
    with pytest.raises(Broken, match="its pixels are cut off"):
        check_rows(passes(8, 8), [])
