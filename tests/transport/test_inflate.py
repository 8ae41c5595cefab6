"""Compressed answers: the same bytes, never many at a time."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.transport.inflate import inflate
from openai_images.transport.limits import CHUNK_BYTES


def cut(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)]


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 500))
def test_any_number_of_members_in_any_pieces(parts, length):
    packed = b"".join(gzip.compress(part) for part in parts)
    assert b"".join(inflate(cut(packed, length))) == b"".join(parts)


@given(st.binary(max_size=2000), st.integers(1, 500))
def test_a_zlib_stream(data, length):
    assert b"".join(inflate(cut(zlib.compress(data), length))) == data


def test_a_bomb_comes_in_small_pieces():
    pieces = list(inflate([gzip.compress(bytes(10_000_000))]))
    assert max(map(len, pieces)) <= CHUNK_BYTES
    assert sum(map(len, pieces)) == 10_000_000


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"x" * 100)[:-9], b"", b"plain text", gzip.compress(b"x") + b"garbage"],
    ids=["cut off", "empty", "not compressed", "followed by garbage"],
)
def test_what_cannot_be_unpacked(packed):
    with pytest.raises(zlib.error):
        list(inflate([packed]))


@given(st.binary())
def test_any_bytes_give_pieces_or_that_error(data):
    try:
        assert all(len(piece) <= CHUNK_BYTES for piece in inflate([data]))
    except zlib.error:
        return
