"""Tests of prepare and thumbnail."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageStat

from openai_images.errors import InvalidPicture
from openai_images.pictures import (
    MAX_PICTURE_BYTES,
    Preparation,
    check_for_variation,
    open_for_variation,
    prepare,
    thumbnail,
)

from .conftest import decoded, encoded, scene

SQUARE = [Preparation.CROP, Preparation.PAD]


def noise(width, height, channels, seed=0):
    values = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(values)


def is_opaque_white(image):
    return image.convert("RGBA").getextrema() == ((255, 255),) * 4


def file_of(content, name, how):
    """The content of the file that a call gets."""
    return bytes(prepare(content, name, how).picture)


def test_as_it_is_touches_nothing():
    assert prepare(b"anything", "cat.bmp", Preparation.AS_IS) == (b"anything", "cat.bmp", "")


@pytest.mark.parametrize("how", SQUARE)
def test_every_picture_becomes_one_that_the_call_takes(any_file, how):
    name, content = any_file
    picture, new_name, _ = prepare(content, f"{name}.x", how)
    side = 16 if how is Preparation.CROP else 24
    assert new_name == f"{name}.png"
    assert check_for_variation(picture, name) == (side, side)
    ready = bytes(picture)
    assert check_for_variation(ready, name) == (side, side)
    image = decoded(ready)
    assert image.mode in ("RGB", "RGBA")
    image.load()
    assert not image.info


def test_crop_keeps_the_middle():
    wide = Image.new("RGB", (30, 10), "red")
    wide.paste((0, 0, 255), (10, 0, 20, 10))
    ready = decoded(file_of(encoded(wide, "BMP"), "cat.bmp", Preparation.CROP))
    assert ready.size == (10, 10)
    assert ready.getcolors() == [(100, (0, 0, 255))]


@pytest.mark.parametrize("size", [(30, 10), (10, 30)])
def test_pad_puts_white_around(size):
    content = encoded(Image.new("RGB", size, "red"), "JPEG", quality=100)
    ready = decoded(file_of(content, "cat.jpg", Preparation.PAD))
    assert ready.size == (30, 30)
    box = (10, 0, 20, 30) if size == (10, 30) else (0, 10, 30, 20)
    assert ready.crop(box).getextrema() == ((254, 254), (0, 0), (0, 0))
    ready.paste((255, 255, 255), box)
    assert is_opaque_white(ready)


def test_pad_puts_transparency_around_a_transparent_picture():
    content = encoded(Image.new("RGBA", (30, 10), (255, 0, 0, 128)), "PNG")
    ready = decoded(file_of(content, "cat.png", Preparation.PAD))
    assert ready.getpixel((5, 5)) == (255, 255, 255, 0)
    assert ready.getpixel((5, 15)) == (255, 0, 0, 128)


def test_a_turned_photograph_is_cropped_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = scene(40, 60).transpose(Image.Transpose.ROTATE_90)
    ready = decoded(file_of(encoded(stored, "PNG", exif=exif), "cat.png", Preparation.CROP))
    expected = scene(40, 60).crop((0, 10, 40, 50))
    assert ImageChops.difference(ready, expected).getbbox() is None


@pytest.mark.parametrize("how", SQUARE)
@pytest.mark.parametrize("channels", [3, 4])
def test_noise_which_no_encoder_can_compress_fits_and_stays_large(how, channels):
    content = encoded(noise(2100, 1400, channels), "BMP" if channels == 3 else "TIFF")
    ready = file_of(content, "noise", how)
    side, _ = check_for_variation(ready, "noise")
    assert side >= 950
    assert len(ready) > 0.8 * MAX_PICTURE_BYTES


def test_a_large_flat_picture_is_reduced_to_twice_what_the_call_returns():
    content = encoded(Image.new("L", (5000, 4100), 77), "PNG")
    ready = file_of(content, "flat.png", Preparation.CROP)
    assert check_for_variation(ready, "flat.png") == (2048, 2048)
    assert decoded(ready).getextrema() == ((77, 77),) * 3


def test_a_picture_that_fits_keeps_every_pixel():
    image = noise(900, 900, 3)
    ready = decoded(file_of(encoded(image, "PNG"), "noise.png", Preparation.PAD))
    assert ImageChops.difference(ready, image).getbbox() is None


@settings(max_examples=60, deadline=None)
@given(
    width=st.integers(1, 700),
    height=st.integers(1, 700),
    channels=st.sampled_from([1, 3, 4]),
    kind=st.sampled_from(["PNG", "TIFF", "WEBP", "GIF", "BMP", "JPEG"]),
    how=st.sampled_from(SQUARE),
    seed=st.integers(0, 9),
)
def test_whatever_the_picture_the_call_takes_the_result(width, height, channels, kind, how, seed):
    image = (
        noise(width, height, channels, seed) if channels > 1 else Image.new("L", (width, height))
    )
    if kind == "JPEG":
        image = image.convert("RGB")
    ready = file_of(encoded(image, kind), "cat", how)
    side = min(width, height) if how is Preparation.CROP else max(width, height)
    assert check_for_variation(ready, "cat") == (side, side)


@pytest.mark.parametrize(("width", "height"), [(65_000, 1), (1, 65_000), (20_000, 3)])
@pytest.mark.parametrize("how", SQUARE)
def test_a_line_becomes_a_square(width, height, how):
    content = encoded(Image.new("RGB", (width, height), "red"), "PNG")
    side, _ = check_for_variation(file_of(content, "line.png", how), "line.png")
    assert side == (min(width, height) if how is Preparation.CROP else 2048)


def test_what_cannot_be_opened_is_refused():
    with pytest.raises(InvalidPicture, match=r"^cat\.png is not a picture"):
        prepare(b"text", "cat.png", Preparation.CROP)


def test_a_thumbnail_keeps_the_shape():
    small = decoded(thumbnail(encoded(scene(400, 200), "WEBP"), 100))
    assert (small.format, small.size) == ("WEBP", (100, 50))
    difference = ImageChops.difference(small, scene(400, 200).resize((100, 50)))
    assert max(ImageStat.Stat(difference).mean) < 3


def test_a_small_picture_is_its_own_thumbnail():
    assert decoded(thumbnail(encoded(scene(20, 10), "PNG"), 100)).size == (20, 10)


def test_a_prepared_picture_is_encoded_once_and_only_when_asked_for(monkeypatch):
    encoded_sizes = []
    save = Image.Image.save

    def counted(image, *args, **options):
        encoded_sizes.append(image.size)
        save(image, *args, **options)

    content = encoded(scene(600, 400), "JPEG")
    monkeypatch.setattr(Image.Image, "save", counted)
    picture, *_ = prepare(content, "cat.jpg", Preparation.CROP)
    assert check_for_variation(picture, "cat.jpg") == (400, 400)
    assert open_for_variation(picture, "cat.jpg", 100).size == (100, 100)
    assert encoded_sizes == []
    assert bytes(picture) is bytes(picture)
    assert encoded_sizes == [(400, 400)]


def on_ground(size, ground, mode="RGB"):
    """A disc of several colours in the middle of a ground that is seen on all sides."""
    image = Image.new(mode, size, ground)
    side = min(size) * 3 // 4
    disc = Image.new("L", (side, side), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, side - 1, side - 1), fill=255)
    place = ((size[0] - side) // 2, (size[1] - side) // 2)
    image.paste(scene(side, side).convert(mode), place, disc)
    return image


AUTOMATIC = Preparation.AUTOMATIC


def test_automatic_leaves_what_the_call_takes_as_it_is():
    content = encoded(scene(32, 32), "PNG")
    assert prepare(content, "cat.png", AUTOMATIC) == (content, "cat.png", "")


def test_automatic_leaves_what_another_call_takes_to_it():
    content = encoded(scene(32, 20), "WEBP")
    asked = []

    def is_taken(data):
        asked.append(data)
        return True

    assert prepare(content, "cat", AUTOMATIC, is_taken=is_taken) == (content, "cat", "")
    assert asked == [content]


def test_automatic_crops_a_photograph_and_says_so():
    picture, name, note = prepare(encoded(scene(60, 40), "JPEG"), "my cat.jpg", AUTOMATIC)
    assert picture.image.size == (40, 40)
    assert name == "my cat.png"
    assert note == (
        "my cat.jpg (60x40, JPEG) was cropped to its middle square: "
        "the call takes a square PNG of less than 4 MB."
    )


def test_automatic_converts_what_is_square():
    picture, _, note = prepare(encoded(scene(40, 40), "WEBP"), "cat.webp", AUTOMATIC)
    assert picture.image.size == (40, 40)
    assert note.startswith("cat.webp (40x40, WEBP) was converted: ")


def test_automatic_makes_a_file_smaller_that_is_too_large():
    content = encoded(noise(1300, 1300, 3), "PNG")
    picture, _, note = prepare(content, "noise.png", AUTOMATIC)
    assert check_for_variation(bytes(picture), "noise.png")[0] < 1300
    assert note.startswith("noise.png (1300x1300, PNG) was converted: ")


@pytest.mark.parametrize("size", [(900, 300), (300, 900)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("ground", [(255, 255, 255), (20, 60, 110), (0, 0, 0)])
def test_automatic_pads_a_picture_on_one_colour_with_it(size, kind, ground):
    content = encoded(on_ground(size, ground), kind)
    picture, _, note = prepare(content, "cup", AUTOMATIC)
    assert picture.image.size == (900, 900)
    corners = [picture.image.getpixel(place) for place in ((0, 0), (899, 0), (899, 899))]
    assert all(abs(a - b) <= 3 for corner in corners for a, b in zip(corner, ground, strict=True))
    assert " was padded to a square: " in note


def test_automatic_pads_a_noisy_scan_with_its_paper():
    paper = noise(700, 1000, 3).point(lambda value: 236 + value // 25)
    paper.paste(scene(500, 800), (100, 100))
    picture, *_ = prepare(encoded(paper, "JPEG"), "scan.jpg", AUTOMATIC)
    assert picture.image.size == (1000, 1000)
    assert picture.image.getpixel((2, 500)) == pytest.approx((241, 241, 241), abs=3)


@pytest.mark.parametrize("touching", [False, True])
def test_automatic_pads_a_cut_out_with_transparency(touching):
    image = on_ground((300, 600), (0, 0, 0, 0), "RGBA")
    if touching:  # as a person does who is cut off at the lower and left edges
        image.paste((90, 40, 10, 255), (0, 300, 200, 600))
    picture, *_ = prepare(encoded(image, "PNG"), "cup.png", AUTOMATIC)
    assert picture.image.size == (600, 600)
    assert picture.image.getpixel((5, 300))[3] == 0
    assert picture.image.getpixel((595, 300))[3] == 0


def test_automatic_crops_where_only_part_of_the_border_has_one_colour():
    image = on_ground((900, 300), (255, 255, 255))
    image.paste((200, 30, 30), (0, 0, 900, 60))
    picture, *_ = prepare(encoded(image, "PNG"), "page.png", AUTOMATIC)
    assert picture.image.size == (300, 300)


def test_automatic_sees_the_ground_of_every_kind_of_file(any_file):
    name, content = any_file
    picture, *_ = prepare(content, name, AUTOMATIC)
    assert picture.image.size in ((16, 16), (24, 24))


@pytest.mark.parametrize("size", [(65_000, 3), (3, 65_000), (8000, 1000)])
def test_automatic_keeps_the_whole_short_side_of_a_long_picture(size):
    content = encoded(scene(*size), "PNG")
    picture, *_ = prepare(content, "panorama.png", AUTOMATIC)
    assert picture.image.size == (min(size), min(size))
