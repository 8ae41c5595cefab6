"""Tests of the WebP reader."""

import io
import struct

import pytest
from PIL import Image

from openai_images.pictures.formats import Broken, TooLarge, read_layout

from ..conftest import encoded, scene


def read(content):
    return read_layout(content, "WEBP")


def riff(*chunks):
    parts = [k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in chunks]
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
@pytest.mark.parametrize("profile", [b"", b"a profile"])
def test_reads_size_orientation_and_profile(mode, lossless, profile):
    exif = Image.Exif()
    exif[0x0112] = 3
    content = encoded(
        scene(31, 20, mode), "WEBP", lossless=lossless, exif=exif, icc_profile=profile
    )
    layout = read(content)
    assert (layout.width, layout.height, layout.orientation) == (31, 20, 3)
    assert layout.profile == (profile or None)
    handed_on = Image.open(io.BytesIO(layout.pixels))
    assert handed_on.size == (31, 20)
    assert not {"exif", "icc_profile", "xmp"} & set(handed_on.info)
    handed_on.load()


@pytest.mark.parametrize("lossless", [True, False])
def test_reads_a_plain_file(lossless):
    content = encoded(scene(31, 20), "WEBP", lossless=lossless)
    assert (read(content).width, read(content).height) == (31, 20)
    assert read(content).pixels == content


def test_hands_on_the_first_frame_only():
    frames = [scene().rotate(angle) for angle in (90, 180, 270)]
    animated = encoded(scene(), "WEBP", save_all=True, append_images=frames)
    assert Image.open(io.BytesIO(animated)).n_frames == 4
    assert Image.open(io.BytesIO(read(animated).pixels)).n_frames == 1


def test_a_large_profile_is_dropped():
    content = encoded(scene(), "WEBP", icc_profile=bytes(3 * 1024 * 1024))
    assert read(content).profile is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (riff(), "no picture in it"),
        (riff((b"VP8X", bytes(10))), "no picture in it"),
        (riff((b"VP8L", b"/abc")), "header is cut off"),
        (riff((b"VP8 ", b"/abcdefgh")), "header is cut off"),
        (riff((b"VP8X", bytes(9))), "header is cut off"),
        (riff((b"ANMF", bytes(24))), "a frame without a canvas"),
        (riff((b"VP8L", bytes(100)))[:-1], "it is cut off"),
    ],
)
def test_refuses(content, message):
    with pytest.raises(Broken, match=message):
        read(content)


def test_refuses_very_many_chunks():
    with pytest.raises(TooLarge, match="more than 65,536 chunks"):
        read(riff(*[(b"junk", b"")] * 65_537))
