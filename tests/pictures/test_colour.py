"""Tests of to_srgb."""

import struct

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from openai_images.pictures import open_picture
from openai_images.pictures.colour import to_srgb

from .conftest import encoded, scene

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def renamed(profile, old, new):
    """A profile with another tag name or header field of the same length."""
    assert old in profile
    return profile.replace(old, new, 1)


def swapped(profile):
    """A profile with red and blue exchanged: no picture looks the same through it."""
    middle = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ")
    return middle.replace(b"????", b"bXYZ")


def is_same(first, second, tolerance=1):
    difference = ImageChops.difference(first, second)
    return max(ImageStat.Stat(difference).mean) <= tolerance


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK"])
def test_without_a_profile_colours_are_taken_as_they_are(mode):
    expected = scene(mode=mode).convert("RGBA" if mode in ("LA", "RGBA") else "RGB")
    assert is_same(to_srgb(scene(mode=mode)), expected, 0)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_colours_are_converted_by_the_profile_of_the_file(mode, kind):
    content = encoded(scene(mode=mode), kind, icc_profile=swapped(SRGB), lossless=True)
    opened = open_picture(content, "cat")
    red, green, blue = opened.convert("RGB").split()
    assert opened.mode == mode
    assert is_same(Image.merge("RGB", (blue, green, red)), scene())
    if mode == "RGBA":
        assert is_same(opened.getchannel("A"), scene(mode="RGBA").getchannel("A"), 0)


def test_a_profile_in_several_jpeg_segments_is_put_together():
    filler = bytes(150_000)
    profile = swapped(SRGB)
    longer = struct.pack(">I", len(profile) + len(filler)) + profile[4:] + filler
    opened = open_picture(encoded(scene(), "JPEG", quality=100, icc_profile=longer), "cat.jpg")
    red, green, blue = opened.split()
    assert is_same(Image.merge("RGB", (blue, green, red)), scene(), 4)


def test_a_screen_profile_changes_nothing_visible():
    image = scene()
    image.info["icc_profile"] = SRGB
    assert is_same(to_srgb(image), scene())


@pytest.mark.parametrize(
    "profile",
    [
        b"",
        b"not a profile",
        SRGB[:200],
        renamed(SRGB, b"RGB XYZ", b"GRAYXYZ"),
        renamed(SRGB, b"mntr", b"link"),
        renamed(SRGB, b"para", b"mpet"),
        swapped(SRGB)[:128] + b"\xff" * 400,
    ],
)
def test_a_profile_that_does_not_fit_is_passed_over(profile):
    image = scene()
    image.info["icc_profile"] = profile
    assert is_same(to_srgb(image), scene(), 0)
