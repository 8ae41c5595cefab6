"""Many jobs at once: a bounded window over a lazy input, results in its order."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from .errors import Canceled, ImagesError
from .job import Outcome, VariationJob
from .progress import BatchProgress
from .services import ImageService
from .session import Session
from .watch import POLL_SECONDS, UNWATCHED, Watch, WatchThrough, raise_if_canceled

__all__ = ["BESIDES", "MAX_CONCURRENCY", "Item", "Result", "run"]

MAX_CONCURRENCY = 64
# Jobs for each call at a time that are under way or wait, finished, for an earlier one. More of
# them bridge a slow answer better, fewer keep fewer pictures in memory.
_WINDOW_PER_CALL = 2
# Jobs whose picture is read and checked, or whose answer is kept and unpacked, meanwhile, so that
# the service need not wait for that. A run that is killed can lose the answers of those too.
BESIDES = 4

Tag = TypeVar("Tag")


@dataclass(frozen=True)
class Item(Generic[Tag]):
    """One job of many.

    Attributes:
        tag: what the caller knows the job by.
        job: what is to be done; or why it cannot be, which becomes the result; or None where
            there is nothing to do.
    """

    tag: Tag
    job: VariationJob | ImagesError | None


@dataclass(frozen=True)
class Result(Generic[Tag]):
    """What came of an item.

    Attributes:
        outcome: None where it failed, or there was nothing to do.
        error: why it failed.
        warnings: what should be known of it, in the order in which it was told.
    """

    item: Item[Tag]
    outcome: Outcome | None = None
    error: ImagesError | None = None
    warnings: tuple[str, ...] = ()


def run(
    items: Iterable[Item[Tag]],
    session: Session,
    service: ImageService | None = None,
    *,
    concurrency: int,
    total: int | None = None,
    is_fatal: Callable[[ImagesError], bool] = lambda error: False,
    watch: Watch = UNWATCHED,
) -> Iterator[Result[Tag]]:
    """Do all jobs, `concurrency` calls at a time; the results come in the order of the items.

    Lazily: an item is taken when a thread is, or soon will be, free for it, so that memory does
    not grow with their number. Items are taken in the thread of whoever iterates. All jobs share
    the session, and so its rate limit.

    Args:
        service: who is asked in place of the session's service, such as `Session.recorded`.
        concurrency: 1 to `MAX_CONCURRENCY`.
        total: the number of items, where it is known, for the progress.
        is_fatal: whether no more calls are sent after such a failure; what is under way then is
            finished and given out.
        watch: sees the progress of all, and can cancel all; jobs end within moments then.

    Raises:
        Canceled: the watch said so.
    """
    stop = threading.Event()
    has_failed = threading.Event()
    progress = BatchProgress(watch, session.tally, total)
    free = threading.Semaphore(concurrency)

    def work(item: Item[Tag]) -> Result[Tag] | None:
        try:
            result = _do(item, session, service, _JobWatch(free, stop, has_failed, progress, watch))
        except Canceled:
            if stop.is_set():
                raise
            return None
        if result.error is not None and is_fatal(result.error):
            has_failed.set()
        progress.finish_one()
        return result

    threads = concurrency + BESIDES
    pool = ThreadPoolExecutor(threads, thread_name_prefix="openai-images-job")
    pending: deque[Future[Result[Tag] | None]] = deque()
    todo = iter(items)
    try:
        while True:
            raise_if_canceled(watch)
            if has_failed.is_set():
                todo = iter(())
                pending = deque(future for future in pending if not future.cancel())
            for item in islice(todo, concurrency * _WINDOW_PER_CALL - len(pending)):
                pending.append(pool.submit(work, item))
            if not pending:
                return
            progress.show()
            # Unlike `wait` it makes nothing anew for each result.
            with suppress(TimeoutError):
                pending[0].exception(POLL_SECONDS)
            if pending[0].done() and (result := pending.popleft().result()) is not None:
                yield result
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _do(
    item: Item[Tag], session: Session, service: ImageService | None, watch: _JobWatch
) -> Result[Tag]:
    try:
        if isinstance(item.job, ImagesError):
            raise item.job
        outcome = None if item.job is None else item.job.run(session, watch, service)
    except Canceled:
        raise
    except ImagesError as error:
        return Result(item, error=error, warnings=tuple(watch.warnings))
    return Result(item, outcome, warnings=tuple(watch.warnings))


class _JobWatch(WatchThrough):
    """The watch of one job: who looks at all of them is asked by one thread only.

    Args:
        free: as many permits as calls may be under way.
    """

    def __init__(
        self,
        free: threading.Semaphore,
        stop: threading.Event,
        has_failed: threading.Event,
        progress: BatchProgress,
        watch: Watch,
    ) -> None:
        super().__init__(watch)
        self.warnings: list[str] = []
        self._free = free
        self._stop = stop
        self._has_failed = has_failed
        self._has_sent = False
        self._progress = progress

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def canceled(self) -> bool:
        return self._stop.is_set()

    @contextmanager
    def turn(self) -> Iterator[None]:
        while not self._free.acquire(timeout=POLL_SECONDS):
            raise_if_canceled(self)
        try:
            raise_if_canceled(self)
            yield
        finally:
            self._free.release()

    def sending(self) -> None:
        if self._has_failed.is_set() and not self._has_sent:
            raise Canceled("Another one failed.")
        self._has_sent = True
        self._watch.sending()

    def progress(self, message: str, fraction: float | None = None) -> None:
        self._progress.note(message)
