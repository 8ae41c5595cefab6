"""Worker processes that live long and make variations for anybody in this process.

Threads barely help, as most of the work holds the interpreter lock; processes do. See `worker` for
what they run.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, wait
from functools import partial
from itertools import count, takewhile
from types import TracebackType

from PIL import Image

from .errors import Canceled
from .pool_threads import Job, PoolThread, ProcessThread
from .source import Source
from .task import Made, Square, Task
from .variation import never

SECONDS = {256: 0.4, 512: 0.6, 1024: 1.0}
"""What a variation of a size takes, roughly, on one core."""
START = 0.6
"""What it takes until a worker has started and looked at the picture."""
LONG = 10.0
"""Seconds of work for each worker from which a start is nothing, and this process makes no part."""
GOES_ON = 3.0
"""Seconds of work asked for so far from which more is expected, which pays for a start."""
AHEAD = 20
"""How far behind the first that waits the next may be taken from, so that nobody waits for ever:
the variations of two calls, at most 10 each."""
POLL = 0.1
"""Seconds between two questions whether the caller has canceled."""


class Pool:
    """Makes variations, first come first served but for those of one picture, which best come
    from one worker; `AHEAD` bounds how many can overtake. Safe to use from any thread.

    At most ``workers`` variations (None: one per core) are made at a time. A worker process starts
    when what waits, or what is to be expected, pays for its start, and stays. Until much has been
    asked for, this process is one of the workers, as it needs no start; it makes everything if
    there is but one worker or processes cannot be started. A worker that dies is replaced, and
    what it was at is made once more. Close the pool, or use it in a `with` block; it leaves no
    process behind, however this one ends.

    apart: makes nothing in this process while processes can be started. For a server, which must
    stay free to answer; it calls `start` to have them ready.
    """

    def __init__(self, workers: int | None = None, *, apart: bool = False) -> None:
        self.workers = workers or _cores()
        self._apart = apart
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._numbers = count()
        self._processes: list[PoolThread] = []
        self._here: PoolThread | None = None
        self._asked = 0.0  # seconds of work, so far
        self._closed = False
        self._owner = os.getpid()
        atexit.register(self.close)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts all workers that are not there yet, without waiting for them."""
        with self._lock:
            while not self._closed and len(self._processes) < self.workers:
                self._processes.append(ProcessThread(self._finish, self._known))

    def submit(self, task: Task) -> Future[Made]:
        """Has a variation made. Canceling the future ends it at once, begun or not.

        What waits holds its picture, up to 9 MB: submit no more than is worth having ahead.
        The future raises `EngineError` if the engine fails or workers die at it twice. Raises
        RuntimeError if the pool is closed.
        """
        return self._submit([task])[0]

    def make(
        self, tasks: Iterable[Task], canceled: Callable[[], bool] = never
    ) -> Generator[Made, None, None]:
        """The variations in the order of the tasks, each as soon as it is ready.

        canceled: asked many times a second, in the thread that iterates; once it answers True,
        `Canceled` is raised. Nothing is left running then, nor when the iterator is closed. Raises
        as `submit` and its futures do.
        """
        futures = self._submit(tasks)
        try:
            for future in futures:
                while not future.done():
                    if canceled():
                        raise Canceled("Canceled; no variation is being made any more.")
                    wait([future], timeout=POLL)
                if future.cancelled():
                    raise Canceled("The pool of workers was closed.")
                yield future.result()
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """Ends all workers, whatever they are doing, and cancels what waits and what runs."""
        if self._owner != os.getpid():
            return  # a fork of the process that the workers belong to
        atexit.unregister(self.close)
        with self._lock:
            self._closed = True
            threads = self._threads()
            jobs = [*self._waiting, *(thread.job for thread in threads if thread.job)]
            self._waiting.clear()
        for job in jobs:
            job.future.cancel()
        for thread in threads:
            thread.end()

    def _threads(self) -> list[PoolThread]:
        return self._processes + ([self._here] if self._here else [])

    def _submit(self, tasks: Iterable[Task]) -> list[Future[Made]]:
        """What is submitted together is judged together: whether it pays for more workers."""
        given = list(tasks)
        with self._lock:
            if self._closed:
                raise RuntimeError("The pool of workers is closed.")
            jobs = [Job(task, next(self._numbers)) for task in given]
            self._waiting.extend(jobs)
            self._asked += sum(SECONDS[job.task.size] for job in jobs)
            self._dispatch()
        for job in jobs:
            job.future.add_done_callback(partial(self._drop, job))
        return [job.future for job in jobs]

    def _drop(self, job: Job, _: Future[Made]) -> None:
        """Ends the work at a job whose future was canceled."""
        with self._lock:
            if job.settled:
                return
            job.settle()
            with contextlib.suppress(ValueError):
                self._waiting.remove(job)
            for thread in self._threads():
                if thread.job is job:
                    thread.abort()

    def _finish(self, thread: PoolThread, job: Job) -> bool:
        """Frees a thread; whether anybody still waits for what it made."""
        with self._lock:
            thread.job = None
            wanted = not job.settled and job.settle()
            if not self._closed:
                self._dispatch()
            return wanted

    def _dispatch(self) -> None:
        """Gives what waits to whoever is free. Needs the lock."""
        while self._waiting:
            thread = self._free_thread(self._waiting[0].task)
            if thread is None:
                return
            job = self._next_for(thread)
            self._waiting.remove(job)
            thread.take(job)

    def _next_for(self, thread: PoolThread) -> Job:
        """The first that waits: best of the picture that the thread knows, or else of one that no
        other is at, as whoever is new to a picture analyses it."""
        others = {one.digest for one in self._threads() if one.job}
        last = self._waiting[0].number + AHEAD

        def is_analysed_again(job: Job) -> tuple[bool, bool]:
            digest = job.task.picture.digest
            return digest != thread.digest, digest in others

        return min(takewhile(lambda job: job.number < last, self._waiting), key=is_analysed_again)

    def _free_thread(self, task: Task) -> PoolThread | None:
        """Who makes the next task: a worker that is free, best one that knows the picture; or a
        new one, if it pays; or this process."""
        idle = [thread for thread in self._processes if not thread.job]
        if idle:
            return max(idle, key=lambda thread: thread.digest == task.picture.digest)
        busy = [thread.job.task for thread in self._threads() if thread.job]
        if len(busy) >= self.workers:
            return None
        is_here = self._here is not None and self._here.job is not None
        may_be_here = not (self._apart or is_here)
        work = [*busy, *(job.task for job in self._waiting)]
        is_short = self.workers == 1 or self._asked <= LONG * self.workers
        better_here = may_be_here and is_short
        goes_on = self._apart or self._asked > GOES_ON
        pay = goes_on or pays(work, len(self._processes) + is_here, self.workers)
        if pay and not better_here:
            self._processes.append(ProcessThread(self._finish, self._known))
            return self._processes[-1]
        if may_be_here:
            self._here = self._here or PoolThread(self._finish)
            return self._here
        return None

    def _known(self, picture: Square) -> Source | None:
        """The analysis of a picture that this process has made, or is making."""
        return self._here.maker.known(picture) if self._here else None


def pays(work: list[Task], ready: int, workers: int) -> bool:
    """Whether starting more workers saves time.

    work: all that is not finished. ready: workers that have started, this process among them if
    it is at work; without any, it does the work.
    """
    seconds = sum(SECONDS[task.size] for task in work)
    alone, shared = seconds / max(1, ready), seconds / min(workers, len(work)) + START
    return bool(sys.executable) and shared < alone


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
    """``n`` variations in order of index, each as soon as it is ready, by a pool of their own.

    Arguments as for `variation` and `Pool`; ``image`` as for `Source`; canceled as for `Pool.make`.

    Raises ValueError for arguments out of range and `EngineError` for a picture that cannot be
    read, both before the first variation is asked for.
    """
    if n < 1:
        raise ValueError(f"n is {n}; it must be at least 1.")
    picture = Square.of(image)
    tasks = [Task(picture, size, seed, index, strength, mirror) for index in range(n)]
    return _made(tasks, workers, canceled)


def _made(
    tasks: list[Task], workers: int | None, canceled: Callable[[], bool]
) -> Iterator[Image.Image]:
    with Pool(workers) as pool, contextlib.closing(pool.make(tasks, canceled)) as all_made:
        for made in all_made:
            image = Image.open(io.BytesIO(made.png))
            image.load()
            yield image


def _cores() -> int:
    """Cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
