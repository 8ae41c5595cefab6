from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from PIL import Image

from openai_images.engine import Canceled, Source, variation
from openai_images.engine.labels import Regions
from openai_images.engine.lettering import lettering

from .pictures import batch, drawing, photograph, poster, source_of, sticker


def made(source, size=256, index=0, seed=7, strength=0.5, mirror=True):
    return variation(source, size, seed=seed, index=index, strength=strength, mirror=mirror)


@cache
def made_of(name, **fields):
    """A variation of a photograph, which several tests may look at."""
    return made(source_of(name), **fields)


def grey_levels(image, side):
    return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BOX), float)


def difference(one, other, side=64):
    return float(np.abs(grey_levels(one, side) - grey_levels(other, side)).mean())


@pytest.mark.parametrize("size", [256, 512, 1024])
def test_a_variation_has_the_size_asked_for(size):
    image = made_of("astronaut", size=size, index=1)
    assert (image.mode, image.size) == ("RGB", (size, size))


@pytest.mark.parametrize("name", ["astronaut", "gravel"])
def test_sizes_agree_in_composition(name):
    small, middle, large = (made_of(name, size=size, index=1) for size in (256, 512, 1024))
    assert difference(small, middle) <= 8
    assert difference(middle, large) <= 8


def test_the_same_arguments_give_the_same_pixels():
    image, again = made_of("astronaut", index=0), Source(photograph("astronaut", 512))
    assert image.tobytes() == made(again).tobytes() == made(again).tobytes()


def test_threads_give_the_same_pixels():
    """Against what one thread made of another source: nothing that is kept may mix."""
    source, alone = Source(photograph("astronaut", 512)), batch("astronaut")
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda index: made(source, index=index, seed=1), range(4))
        assert [each.tobytes() for each in together] == [each.tobytes() for each in alone]


def test_index_and_seed_and_strength_each_change_the_picture():
    base = made_of("astronaut", index=0)
    assert difference(base, made_of("astronaut", index=1)) > 4
    assert difference(base, made_of("astronaut", seed=8)) > 4
    assert difference(base, made_of("astronaut", strength=0.9)) > 4


def test_strength_zero_is_nearly_the_picture():
    image = made(source_of("coffee"), strength=0.0, mirror=False)
    assert difference(image, photograph("coffee", 512)) < 3


def test_more_strength_changes_more():
    image, source = photograph("astronaut", 512), source_of("astronaut")
    changes = [
        np.mean(
            [
                difference(image, made(source, index=2 * index, mirror=False, strength=strength))
                for index in range(3)
            ]
        )
        for strength in (0.1, 0.4, 0.9)
    ]
    assert changes[0] < changes[1] < changes[2]


def correlation(one, other):
    one, other = grey_levels(one, 24).ravel(), grey_levels(other, 24).ravel()
    return float(np.corrcoef(one, other)[0, 1])


def is_mirrored(source, image):
    flipped = source.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return correlation(flipped, image) > correlation(source, image)


def test_about_half_the_variations_are_mirrored_unless_unwanted():
    image = photograph("astronaut", 512)
    images = [made_of("astronaut", index=index) for index in range(4)]
    assert sum(is_mirrored(image, each) for each in images) == 2
    plain = [made_of("astronaut", index=index, mirror=False) for index in range(4)]
    assert not any(is_mirrored(image, each) for each in plain)


def test_a_retouch_is_not_mirrored():
    image, source = photograph("astronaut", 512), source_of("astronaut")
    assert not any(is_mirrored(image, made(source, index=i, strength=0.2)) for i in range(2))


@pytest.mark.parametrize("strength", [0.3, 0.6])
def test_lettering_is_never_in_mirror_writing_and_never_torn(strength):
    source = Source(poster())
    for index in range(3):
        image = made(source, 512, index=index, strength=strength)
        assert not is_mirrored(poster(), image)
        letters = lettering(image.convert("RGBX"), 64)
        assert letters.sum() > 0.5 * source.lettering.sum()


def test_transparency_is_kept():
    source = sticker()
    for index in range(2):
        image = made(Source(source), index=index)
        assert image.mode == "RGBA"
        alpha = np.asarray(image.getchannel("A"))
        assert alpha[:8].max() == 0
        assert (alpha == 255).mean() == pytest.approx(0.27, abs=0.12)
        rim = np.asarray(image)[(alpha > 60) & (alpha < 200)][:, :3].astype(int)
        assert (rim[:, 0] > rim[:, 2]).all()


def test_drawings_change_without_being_torn():
    """As much ink as before, and the outline still closed around the inside of the house."""
    source = Source(drawing())
    for index in range(3):
        image = made(source, 512, index=index, strength=0.8)
        ink = np.asarray(image.convert("L")) < 120
        before = np.asarray(drawing().convert("L")) < 120
        assert 0.3 < ink.mean() / before.mean() < 1.6
        areas = Regions.of(~ink)
        assert (areas.area[areas.classes == 1] > 3000).sum() >= 2
        assert difference(image, drawing()) > 4


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (1, 1), "teal"),
        Image.new("L", (3, 2), 90),
        Image.new("RGB", (300, 300), "white"),
        Image.new("RGBA", (300, 300), (0, 0, 0, 0)),
        Image.effect_noise((200, 200), 80),
        Image.linear_gradient("L"),
        Image.fromarray((np.indices((256, 256)).sum(0) // 8 % 2 * 255).astype(np.uint8)),
        Image.fromarray(np.random.default_rng(0).integers(0, 65536, (64, 64), np.uint16)),
        Image.new("1", (64, 64), 1),
        Image.new("CMYK", (64, 64), (0, 90, 20, 0)),
    ],
    ids=["1x1", "tiny", "plain", "empty", "noise", "ramp", "chess", "deep", "bilevel", "cmyk"],
)
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_any_picture_can_be_varied(image, strength):
    assert made(Source(image), strength=strength).size == (256, 256)


def test_a_plain_picture_stays_plain():
    image = np.asarray(made(Source(Image.new("RGB", (50, 50), "#88aa66"))))
    assert image.std((0, 1)).max() < 6


def test_a_huge_picture_is_varied():
    image = photograph("coffee", 256).resize((8192, 8192), Image.Resampling.NEAREST)
    assert made(Source(image), 256).size == (256, 256)


def test_the_current_frame_of_an_animation_counts():
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    animation = Image.open(file)
    animation.seek(1)
    red, _, blue = np.asarray(made(Source(animation), strength=0.0)).mean((0, 1))
    assert blue > 200 > 60 > red


def test_cancel_stops_at_once():
    asked = []

    def canceled():
        asked.append(1)
        return len(asked) > 5

    with pytest.raises(Canceled):
        variation(source_of("gravel"), 1024, seed=1, canceled=canceled)
    assert len(asked) == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"size": 300}, "size is 300"),
        ({"strength": 1.5}, "strength is 1.5"),
        ({"strength": float("nan")}, "strength is nan"),
        ({"seed": -1}, "seed is -1"),
        ({"index": -2}, "index -2"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        made(source_of("coffee"), **arguments)


@pytest.mark.thorough
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's peak memory")
def test_a_variation_needs_little_memory():
    """Peak of a fresh process that varies a large picture at 1024 pixels, with its libraries."""
    program = (
        "import numpy as np; from pathlib import Path; from PIL import Image\n"
        "from openai_images.engine import Source, variation\n"
        "noise = np.random.default_rng(0).integers(0, 256, (1536, 1536, 3), np.uint8)\n"
        "source = Source(Image.fromarray(noise))\n"
        "for index in range(2): variation(source, 1024, seed=1, index=index, strength=0.8)\n"
        "print(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert int(run.stdout) * 1024 < 250e6
