"""Tests of the directory of tags in TIFF and EXIF."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.pictures.formats.ifd import entries, orientation_of
from openai_images.pictures.formats.layout import Broken


def tags(*found, order="<", start=8):
    mark = b"II*\0" if order == "<" else b"MM\0*"
    body = struct.pack(f"{order}H", len(found)) + b"".join(
        struct.pack(f"{order}HHI4s", *entry) for entry in found
    )
    return mark + struct.pack(f"{order}I", start) + body + bytes(4)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("prefix", [b"", b"Exif\0\0"])
@pytest.mark.parametrize("value", range(1, 9))
def test_reads_the_orientation(order, prefix, value):
    content = tags((0x112, 3, 1, struct.pack(f"{order}H2x", value)), order=order)
    assert orientation_of(memoryview(prefix + content)) == value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"XX*\0\x08\0\0\0",
        tags(),
        tags((0x112, 3, 1, b"\x09\0\0\0")),
        tags((0x112, 3, 0, b"\x06\0\0\0")),
        tags((0x112, 2, 1, b"\x06\0\0\0")),
        tags((0x112, 99, 1, b"\x06\0\0\0")),
        tags((0x112, 3, 1, b"\x06\0\0\0"))[:15],
        tags((0x112, 3, 1, b"\x06\0\0\0"), start=2**32 - 1),
        tags((0x100, 3, 2**31, b"\x06\0\0\0"), (0x112, 3, 1, b"\x06\0\0\0")),
    ],
)
def test_upright_where_there_is_no_orientation(content):
    assert orientation_of(memoryview(content)) == 1


def test_reads_values_in_place_and_elsewhere():
    content = tags((1, 3, 2, struct.pack("<HH", 7, 8)), (2, 4, 2, struct.pack("<I", 0)))
    first, second = entries(memoryview(content))
    assert (first.number, first.numbers(9)) == (7, (7, 8))
    assert second.numbers(2) == struct.unpack("<II", content[:8])


def test_values_that_are_no_integers_have_no_number():
    (entry,) = entries(memoryview(tags((1, 11, 1, bytes(4)))))
    assert (entry.number, entry.numbers(1)) == (0, ())


def test_refuses_what_lies_outside():
    with pytest.raises(Broken, match="its tag 5 is cut off"):
        list(entries(memoryview(tags((5, 1, 100, bytes(4))))))


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"Exif\0\0MM\0*\0\0\0\x08"])
)
def test_any_bytes_have_an_orientation(content, start):
    assert 1 <= orientation_of(memoryview(start + content)) <= 8
