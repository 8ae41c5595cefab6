"""Several variations of one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image

from .errors import Canceled
from .source import Source
from .variation import check, variation


def _never() -> bool:
    return False


def variations(
    image: Image.Image,
    *,
    n: int,
    size: int,
    seed: int,
    strength: float = 0.5,
    mirror: bool = True,
    workers: int | None = None,
    canceled: Callable[[], bool] = _never,
) -> Iterator[Image.Image]:
    """``n`` variations in order of index, each as soon as it is ready.

    Arguments as for `variation`. workers: processes to use; None for one per core if n is above 1.
    canceled is asked again and again; once it answers True, `Canceled` is raised within a second
    and nothing is left running.
    """
    check(size, seed, 0, strength)
    source = Source(image)
    for index in range(n):
        if canceled():
            raise Canceled(f"Stopped after {index} of {n} variations.")
        yield variation(source, size, seed=seed, index=index, strength=strength, mirror=mirror)
