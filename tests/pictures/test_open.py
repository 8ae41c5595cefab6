"""Tests of open_picture: every format and mode, damage of every kind, and nothing else."""

import warnings
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from openai_images.errors import InvalidPicture
from openai_images.pictures import open_picture, open_small

from .conftest import FILES, chunk, decoded, encoded, png, scene

CONTENTS = {name: make() for name, make in FILES.items()}

# These hold the ramps of the scene in colour, apart from the losses of their compression.
GREY_OR_FEW = ("1", "L", "LA", "P", "P,", "I", "I;16", "F")
COLOURFUL = [name for name in FILES if name.split()[1] not in GREY_OR_FEW]


def difference(first, second):
    """Mean difference of the colours, 0 to 255."""
    pair = first.convert("RGB"), second.convert("RGB")
    return max(ImageStat.Stat(ImageChops.difference(*pair)).mean)


def outcome(content):
    """The picture, or None where it was refused; no warning may come of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return open_picture(content, "cat.png")
        except InvalidPicture:
            return None


def test_every_picture_opens_in_one_of_two_modes(any_file):
    name, content = any_file
    image = open_picture(content, name)
    transparent = name.endswith(("A", "transparent", "lossless")) and name != "bmp RGBA"
    assert image.size == (24, 16)
    assert image.mode == ("RGBA" if transparent else "RGB")


@pytest.mark.parametrize("name", COLOURFUL)
def test_colours_are_kept(name):
    assert difference(open_picture(CONTENTS[name], name), scene()) < 5


@pytest.mark.parametrize("name", ["png I;16", "tiff I;16", "tiff I", "tiff F"])
def test_deep_grey_spans_black_to_white(name):
    image = open_picture(CONTENTS[name], name).convert("L")
    assert image.getextrema()[0] <= 10
    assert image.getextrema()[1] >= 245
    assert difference(image, Image.linear_gradient("L").resize(image.size)) <= 10


@pytest.mark.parametrize(
    "name", ["png 1", "png L", "png LA", "tiff LA", "bmp P", "tiff P", "gif P"]
)
def test_plain_modes_are_what_pillow_makes_of_them(name):
    assert difference(open_picture(CONTENTS[name], name), decoded(CONTENTS[name])) == 0


def test_a_transparent_palette_entry_and_colour_become_alpha():
    for name in ("png P, transparent", "gif P, transparent", "png RGB, one colour transparent"):
        expected = decoded(CONTENTS[name]).convert("RGBA").getchannel("A")
        alpha = open_picture(CONTENTS[name], name).getchannel("A")
        assert alpha.getextrema() == (0, 255)
        assert ImageChops.difference(alpha, expected).getbbox() is None


def test_alpha_that_hides_nothing_is_dropped():
    image = scene(mode="RGBA")
    image.putalpha(255)
    assert open_picture(encoded(image, "PNG"), "cat.png").mode == "RGB"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(10))
def test_pictures_are_turned_upright(kind, orientation):
    turns = Image.Transpose
    stored = {
        **{2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM},
        **{5: turns.TRANSPOSE, 6: turns.ROTATE_90, 7: turns.TRANSVERSE, 8: turns.ROTATE_270},
    }
    upright = scene(48, 32)
    image = upright.transpose(stored[orientation]) if orientation in stored else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(image, kind, exif=exif)
    opened = open_picture(content, "cat")
    assert opened.size == (48, 32)
    assert difference(opened, upright) < 5
    small = open_small(content, "cat", 24)
    assert small.size == (24, 16)
    assert difference(small, scene(24, 16)) < 8


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 120), st.booleans())
def test_no_side_is_longer_than_the_edge_and_nothing_grows(width, height, edge, square):
    small = open_small(encoded(scene(width, height), "BMP"), "cat", edge, square=square)
    side = min(width, height) if square else max(width, height)
    assert max(small.size) == min(edge, side)
    assert not square or small.width == small.height


@pytest.mark.parametrize("options", [{}, {"progressive": True}])
@pytest.mark.parametrize("edge", [400, 150, 99])
def test_a_jpeg_decoded_at_a_fraction_looks_the_same(options, edge):
    content = encoded(scene(1203, 801), "JPEG", quality=95, **options)
    expected = scene(1203, 801)
    expected.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    small = open_small(content, "cat", edge)
    assert small.size == expected.size
    assert difference(small, expected) < 3


def test_black_at_the_bottom_is_told_from_rows_that_are_missing():
    rows = zlib.compress(b"\0" + b"\xff" * 24 + bytes(7 * 25))
    opened = open_picture(png((8, 8, 8, 2, 0, 0, 0), chunk(b"IDAT", rows)), "cat.png")
    assert opened.getpixel((0, 7)) == (0, 0, 0)
    rows = zlib.compress(b"\0" + b"\xff" * 24 + bytes(6 * 25))
    with pytest.raises(InvalidPicture, match="its pixels are cut off"):
        open_picture(png((8, 8, 8, 2, 0, 0, 0), chunk(b"IDAT", rows)), "cat.png")


def test_an_interlaced_picture_is_whole_only_with_its_last_pass():
    """The last row of a picture with nine rows belongs to the first pass."""
    header = (8, 9, 8, 2, 0, 0, 1)
    passes = b"\0\xff\xff\xff" * 2 + bytes(2 * 4 + 7 + 3 * 7 + 2 * 13 + 5 * 13)
    whole = passes + bytes(4 * 25)
    assert open_picture(png(header, chunk(b"IDAT", zlib.compress(whole))), "cat").size == (8, 9)
    with pytest.raises(InvalidPicture, match="its pixels are cut off"):
        open_picture(png(header, chunk(b"IDAT", zlib.compress(whole[:-25]))), "cat.png")


def test_no_metadata_is_left():
    exif = Image.Exif()
    exif[0x010E] = "a description"
    content = encoded(scene(), "JPEG", exif=exif, comment=b"hello", dpi=(72, 72))
    assert not {"exif", "comment", "icc_profile"} & set(open_picture(content, "cat.jpg").info)


@pytest.mark.parametrize("name", FILES)
def test_a_picture_cut_off_anywhere_is_refused_or_whole(name):
    content = CONTENTS[name]
    whole = open_picture(content, name)
    for length in range(1, len(content), 1 + len(content) // 700):
        image = outcome(content[:length])
        assert image is None or image.size == whole.size


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_of_any_kind_is_refused_or_harmless(data):
    content = bytearray(CONTENTS[data.draw(st.sampled_from(list(FILES)))])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    outcome(bytes(content))


def test_damage_hardly_shows_on_the_error_stream(capfd):
    """libtiff writes there whatever its caller does: a line or two, not one per row."""
    for content in CONTENTS.values():
        for place in range(0, len(content), 1 + len(content) // 60):
            outcome(content[:place] + b"\xff\x00\xff" + content[place + 3 :])
            assert len(capfd.readouterr().err) < 400


def test_other_formats_are_not_opened_though_pillow_could():
    for kind in ("PPM", "ICO", "TGA", "JPEG2000", "PCX", "ICNS"):
        content = encoded(scene(64, 64), kind)
        with pytest.raises(InvalidPicture, match="not a picture in a format that can be read"):
            open_picture(content, "cat.png")


def test_pillows_own_limit_stays_as_the_process_set_it():
    before = Image.MAX_IMAGE_PIXELS
    content = encoded(Image.new("1", (9_500, 9_500)), "PNG")
    with pytest.raises(InvalidPicture, match="9500x9500; at most 89,478,485 pixels are"):
        open_picture(content, "cat.png")
    assert before == Image.MAX_IMAGE_PIXELS


def test_headers_that_contradict_each_other_are_refused():
    small, large = encoded(scene(8, 8), "PNG"), encoded(scene(64, 64), "PNG")
    content = large[:33] + small[8:33] + large[33:]
    with pytest.raises(InvalidPicture, match="its headers contradict each other"):
        open_picture(content, "cat.png")
