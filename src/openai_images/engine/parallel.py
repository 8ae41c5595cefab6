"""Several variations of one picture, on all cores.

Threads barely help, as most of the work holds the interpreter lock; processes do.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from PIL import Image

from . import matte
from .pool import Pool
from .source import LEAST_USED, MOST_USED, Source
from .variation import check, never, variation
from .worker import Job

SECONDS = {256: 0.4, 512: 0.6, 1024: 1.0}
"""What a variation of a size takes, roughly, on one core."""
START = 0.6
"""What it takes until workers have started and looked at the picture."""


def variations(
    image: Image.Image,
    *,
    n: int,
    size: int,
    seed: int,
    strength: float = 0.5,
    mirror: bool = True,
    workers: int | None = None,
    canceled: Callable[[], bool] = never,
) -> Iterator[Image.Image]:
    """``n`` variations in order of index, each as soon as it is ready.

    Arguments as for `variation`; ``image`` as for `Source`. workers: processes to use, 1 for none
    beside this one; None for one per core, unless that would not pay. canceled: asked many times a
    second, in the thread that iterates; once it answers True, `Canceled` is raised and nothing is
    left running. What a worker that died does not deliver is made in this process.

    Raises ValueError for arguments out of range and `EngineError` for a picture that cannot be
    read, both before the first variation is asked for.
    """
    check(size, seed, 0, strength)
    if n < 1:
        raise ValueError(f"n is {n}; it must be at least 1.")
    square = matte.readable_square(image, LEAST_USED, MOST_USED)
    job = Job(square.mode, square.width, size, seed, strength, mirror)
    count = min(n, workers) if workers else paying_workers(n, size, _cores())
    if count == 1 or not sys.executable:
        return _here(square, job, range(n), canceled)
    return _there(square, job, n, count, canceled)


def paying_workers(n: int, size: int, cores: int) -> int:
    """One worker per core, or 1 where starting them takes longer than they save."""
    count = min(n, cores)
    alone = n * SECONDS[size]
    shared = -(-n // count) * SECONDS[size] + START
    return count if shared < alone else 1


def _cores() -> int:
    """Cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _here(
    square: Image.Image, job: Job, indices: range, canceled: Callable[[], bool]
) -> Iterator[Image.Image]:
    """Variations made in this process."""
    source = Source(square)
    for index in indices:
        yield variation(
            source,
            job.size,
            seed=job.seed,
            index=index,
            strength=job.strength,
            mirror=job.mirror,
            canceled=canceled,
        )


def _there(
    square: Image.Image, job: Job, n: int, count: int, canceled: Callable[[], bool]
) -> Iterator[Image.Image]:
    """Variations made in worker processes; those they do not deliver are made here."""
    with Pool(job, square.tobytes(), n, count) as pool:
        for index in range(n):
            picture = pool.picture(index, canceled)
            if picture is None:
                yield from _here(square, job, range(index, n), canceled)
                return
            yield picture
