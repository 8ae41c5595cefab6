from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from openai_images.engine import Canceled, EngineError, Source, variation, variations
from openai_images.engine.parallel import paying_workers

from .pictures import photograph, sticker


def pixels(images):
    return [image.tobytes() for image in images]


def made(n=3, size=256, workers=None, image=None, **others):
    image = image or photograph("chelsea", 512)
    return variations(image, n=n, size=size, seed=5, workers=workers, **others)


def test_workers_give_the_same_pixels_in_the_same_order():
    here = pixels(made(workers=1))
    assert pixels(made(workers=2)) == here
    source = Source(photograph("chelsea", 512))
    assert here == pixels(variation(source, 256, seed=5, index=index) for index in range(3))


def test_all_arguments_reach_the_workers():
    arguments = {"strength": 0.8, "mirror": False}
    assert pixels(made(n=2, workers=2, **arguments)) == pixels(made(n=2, workers=1, **arguments))


def test_transparency_passes_through_workers():
    images = list(made(n=2, workers=2, image=sticker()))
    assert [image.mode for image in images] == ["RGBA", "RGBA"]
    assert pixels(images) == pixels(made(n=2, workers=1, image=sticker()))


def test_several_callers_at_once_do_not_mix():
    expected = pixels(made(n=2, workers=1))
    with ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda _: pixels(made(n=2, workers=2)), range(2))
        assert list(results) == [expected, expected]


def test_variations_come_one_by_one():
    images = made(n=200, workers=2)
    first = next(images)
    assert first.size == (256, 256)
    images.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_cancel_ends_everything_within_a_second(workers):
    threads = threading.active_count()
    asked = itertools.count()
    begun = []

    def canceled():
        if next(asked) == 4:
            begun.append(time.monotonic())
        return bool(begun)

    with pytest.raises(Canceled):
        list(made(n=20, size=1024, workers=workers, canceled=canceled))
    assert time.monotonic() - begun[0] < 1
    assert threading.active_count() == threads


def test_closing_early_ends_everything():
    threads = threading.active_count()
    images = made(n=20, size=1024, workers=2)
    assert next(images).size == (1024, 1024)
    images.close()
    assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("arguments", "words"), [({"n": 0}, "n is 0"), ({"size": 100}, "size is 100")]
)
def test_arguments_are_refused_before_anything_starts(arguments, words):
    with pytest.raises(ValueError, match=words):
        made(**arguments)


def test_a_picture_without_pixels_is_refused_before_anything_starts():
    with pytest.raises(EngineError, match="no pixels"):
        variations(Image.new("RGB", (0, 0)), n=1, size=256, seed=1)


@pytest.mark.parametrize(
    ("n", "size", "cores", "count"),
    [(1, 1024, 8, 1), (2, 256, 8, 1), (4, 1024, 2, 2), (10, 256, 4, 4), (10, 512, 1, 1)],
)
def test_workers_are_used_where_they_pay(n, size, cores, count):
    assert paying_workers(n, size, cores) == count
