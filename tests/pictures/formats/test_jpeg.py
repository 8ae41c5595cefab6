"""Tests of the JPEG reader."""

import io
import struct

import pytest
from PIL import Image

from openai_images.pictures.formats import Broken, TooLarge, read_layout

from ..conftest import encoded, scene

PLAIN = encoded(scene(48, 32), "JPEG")


def read(content):
    return read_layout(content, "JPEG")


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def with_segments(*segments):
    return PLAIN[:2] + b"".join(segments) + PLAIN[2:]


def icc(number, count, data):
    return segment(0xE2, b"ICC_PROFILE\0" + bytes([number, count]) + data)


def test_reads_size_and_orientation():
    exif = Image.Exif()
    exif[0x0112] = 5
    layout = read(encoded(scene(30, 20), "JPEG", exif=exif))
    assert (layout.width, layout.height, layout.orientation) == (30, 20, 5)


@pytest.mark.parametrize(
    ("mode", "options", "bytes_per_pixel"),
    [
        ("RGB", {}, 4),
        ("L", {}, 4),
        ("RGB", {"progressive": True, "subsampling": "4:2:0"}, 4 + 2 * 1.5),
        ("RGB", {"progressive": True, "subsampling": "4:4:4"}, 4 + 2 * 3),
        ("L", {"progressive": True}, 4 + 2),
        ("CMYK", {"progressive": True, "subsampling": "4:4:4"}, 4 + 2 * 4),
    ],
)
def test_several_scans_take_memory_for_all_coefficients(mode, options, bytes_per_pixel):
    layout = read(encoded(scene(48, 32, mode), "JPEG", **options))
    assert layout.memory == 48 * 32 * bytes_per_pixel


def test_hands_on_pixels_only():
    content = with_segments(
        segment(0xE1, b"http://xmp"), segment(0xED, b"8BIM"), segment(0xFE, b"hi")
    )
    layout = read(content)
    assert layout.pixels == PLAIN
    opened = Image.open(io.BytesIO(layout.pixels))
    assert set(opened.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_of_several_pictures_only_the_first_is_told_of():
    several = encoded(scene(), "MPO", save_all=True, append_images=[scene(), scene()])
    pixels = read(several).pixels
    assert b"MPF\0" in several[: several.index(b"\xff\xda")]
    assert b"MPF\0" not in pixels[: pixels.index(b"\xff\xda")]
    assert Image.open(io.BytesIO(pixels)).format == "JPEG"


def test_fill_bytes_and_junk_between_segments_are_passed_over():
    content = PLAIN[:2] + b"junk\xff\0" + b"\xff\xff\xff" + PLAIN[2:]
    assert read(content).pixels == PLAIN


def test_a_profile_is_put_together_in_its_own_order():
    assert read(with_segments(icc(2, 2, b"second"), icc(1, 2, b"first"))).profile == b"firstsecond"


@pytest.mark.parametrize(
    "parts",
    [
        (icc(1, 3, b"first"), icc(3, 3, b"third")),
        (icc(0, 1, b"number zero"),),
        tuple(icc(number, 40, bytes(60_000)) for number in range(1, 41)),
        (segment(0xE2, b"ICC_PROFILE\0"),),
    ],
)
def test_a_profile_in_pieces_or_too_large_is_dropped(parts):
    assert read(with_segments(*parts)).profile is None


FRAME = segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0")
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0")


@pytest.mark.parametrize(
    ("segments", "message"),
    [
        ([FRAME, FRAME, SCAN], "two frame headers"),
        ([SCAN], "no frame header"),
        ([FRAME], "cut off before its pixels"),
        ([FRAME, b"\xff\xda\0\1"], "cut off before its pixels"),
        ([FRAME[:-3], SCAN], "cut off|frame header"),
        ([segment(0xC0, b"\x08\0"), SCAN], "frame header is cut off"),
        ([segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 0)), SCAN], "no components"),
        (
            [segment(0xC2, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x01\0"), SCAN],
            "no sampling factors",
        ),
        ([FRAME, segment(0xDA, b"")], "frame header is cut off"),
    ],
)
def test_refuses(segments, message):
    with pytest.raises(Broken, match=message):
        read(b"\xff\xd8" + b"".join(segments))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_video_after_the_picture_is_no_scan(options):
    content = encoded(scene(48, 32), "JPEG", **options)
    assert read(content + b"\xff\xda" * 1_000).width == 48


def test_what_only_looks_like_the_end_hides_no_scans():
    with pytest.raises(TooLarge, match="more than 100 scans"):
        read(b"\xff\xd8" + FRAME + SCAN + segment(0xFE, b"\xff\xd9") + SCAN * 101)


def test_refuses_very_many_scans_or_segments():
    with pytest.raises(TooLarge, match="more than 100 scans"):
        read(b"\xff\xd8" + FRAME + SCAN * 101)
    with pytest.raises(TooLarge, match="more than 65,536 segments"):
        read(b"\xff\xd8" + segment(0xFE, b"") * 65_537)
