"""Tests of the TIFF reader."""

import io
import struct

import pytest
from PIL import Image

from openai_images.pictures.formats import Broken, TooLarge, read_layout

from ..conftest import encoded, scene


def read(content):
    return read_layout(content, "TIFF")


SHORT, LONG, DOUBLE = 3, 4, 12


def tiff(*changes, order="<", length=4096):
    """A grey picture of 24x16 in one strip, with other tags: tag, type, count, value."""
    entries = {tag: (tag, LONG, 1, value) for tag, value in GREY.items()}
    entries |= {change[0]: change for change in changes}
    directory = b"".join(struct.pack(f"{order}HHII", *entries[tag]) for tag in sorted(entries))
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return (header + struct.pack(f"{order}H", len(entries)) + directory).ljust(length, b"\0")


GREY = {256: 24, 257: 16, 258: 8, 259: 1, 262: 1, 273: 1024, 277: 1, 278: 16, 279: 24 * 16}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_reads_size_orientation_and_profile(orientation):
    content = encoded(
        scene(30, 20), "TIFF", tiffinfo={0x112: orientation}, icc_profile=b"a profile"
    )
    layout = read(content)
    assert (layout.width, layout.height, layout.orientation) == (30, 20, orientation)
    assert layout.profile == b"a profile"


def test_hands_on_pixels_only():
    content = encoded(
        scene(),
        "TIFF",
        tiffinfo={0x112: 6, 0x10E: "a description"},
        icc_profile=b"a profile",
        save_all=True,
        append_images=[scene()],
    )
    handed_on = Image.open(io.BytesIO(read(content).pixels))
    assert handed_on.size == (24, 16)
    assert handed_on.n_frames == 1
    assert not {0x112, 0x10E, 34675} & set(handed_on.tag_v2)


@pytest.mark.parametrize("order", ["<", ">"])
def test_reads_either_order_of_bytes(order):
    layout = read(tiff(order=order))
    assert (layout.width, layout.height) == (24, 16)
    Image.open(io.BytesIO(layout.pixels)).load()


@pytest.mark.parametrize(
    ("changes", "block"),
    [
        ([], 24 * 16),
        ([(278, LONG, 1, 4)], 24 * 4),
        ([(278, LONG, 1, 1000)], 24 * 16),
        ([(277, LONG, 1, 3)], 24 * 16 * 3),
        ([(258, SHORT, 1, 16)], 24 * 16 * 2),
        ([(322, LONG, 1, 640), (323, LONG, 1, 480), (324, LONG, 1, 1024)], 640 * 480),
    ],
)
def test_the_strip_or_tile_that_is_unpacked_counts(changes, block):
    assert read(tiff(*changes)).memory == 24 * 16 * 4 + block


def test_a_large_profile_is_dropped():
    length = 3 * 1024 * 1024
    assert read(tiff((34675, 7, length, 0), length=length)).profile is None


@pytest.mark.parametrize("compression", [2, 3, 4, 6, 34676, 34925, 50000, 50001])
def test_refuses_compression(compression):
    with pytest.raises(Broken, match="its kind of compression is not supported"):
        read(tiff((259, SHORT, 1, compression)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (tiff((256, LONG, 1, 0)), "its size is 0x16"),
        (tiff((256, DOUBLE, 1, 1024)), "its size is 0x16"),
        (tiff((257, LONG, 1, 70_000)), "no side may be over"),
        (tiff((273, LONG, 2_000, 8)), "its tag 273 is cut off"),
        (tiff((273, LONG, 700, 8), (279, LONG, 700, 8)), "its tags overlap"),
        (b"II*\0" + struct.pack("<IHHHII", 8, 1, 256, LONG, 1, 1), "it has no pixels"),
        (tiff()[:60], "its directory of tags is cut off"),
    ],
)
def test_refuses(content, message):
    with pytest.raises(Broken, match=message):
        read(content)


def test_refuses_very_many_strips():
    with pytest.raises(TooLarge, match="more than 65,536 strips or tiles"):
        read(tiff((273, LONG, 65_537, 8), length=300_000))
