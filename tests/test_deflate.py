"""ISA-L, and what stands in where there is none, beside Python's zlib."""

import random
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from isal import igzip_lib

from openai_images import deflate

NOISE = random.Random(1).randbytes(140_000)


@pytest.fixture(params=[igzip_lib, None], ids=["isal", "zlib"])
def unpacker(request, monkeypatch):
    monkeypatch.setattr(deflate, "igzip_lib", request.param)
    return deflate.unpacker()


@pytest.mark.parametrize("length", [0, 1, 10_000, 140_000])
def test_checksums_are_those_of_zlib(length):
    assert deflate.crc32(NOISE[:length]) == zlib.crc32(NOISE[:length])


@given(st.lists(st.integers(0, 140_000), max_size=4))
def test_a_checksum_goes_on_with_the_one_before(places):
    edges = [0, *sorted(places), len(NOISE)]
    checksum = 0
    for start, end in pairwise(edges):
        checksum = deflate.crc32(memoryview(NOISE)[start:end], checksum)
    assert checksum == zlib.crc32(NOISE)


def test_no_more_is_unpacked_at_a_time_than_asked_for(unpacker):
    packed = zlib.compress(bytes(100_000)) + b"more"
    blocks = [unpacker.decompress(packed, 999)]
    while not unpacker.eof:
        assert not unpacker.needs_input
        blocks.append(unpacker.decompress(b"", 999))
    assert b"".join(blocks) == bytes(100_000)
    assert max(map(len, blocks)) == 999
    assert not unpacker.needs_input
    assert unpacker.unused_data == b"more"


def test_what_was_not_read_comes_before_what_follows(unpacker):
    packed = zlib.compress(NOISE, 0)
    blocks = [unpacker.decompress(packed[:70_000], 100)]
    blocks += [unpacker.decompress(packed[70_000:], 100)]
    while not unpacker.eof:
        blocks.append(unpacker.decompress(b"", 100_000))
    assert b"".join(blocks) == NOISE


@pytest.mark.parametrize("damaged", [b"no stream", zlib.compress(NOISE)[:-1] + b"?"])
def test_damage_is_an_error(unpacker, damaged):
    with pytest.raises(deflate.ERRORS):
        unpacker.decompress(damaged, 200_000)
