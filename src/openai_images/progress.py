"""How far a run of many jobs is: how fast, at what cost, and when it will end."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from .cost import Tally
from .watch import Watch

__all__ = ["BatchProgress"]

# A message changes so often, and its rate is that of the last minute.
_EVERY_SECONDS = 0.5
_RATE_SECONDS = 60.0
# After so long without a result, what the jobs say themselves is of interest: they may wait.
_SILENT_SECONDS = 3.0


class BatchProgress:
    """Counts results from any thread; `show` tells the watch, now and then.

    Args:
        tally: the sum of the costs.
        total: how many results there will be, where that is known.
        clock: seconds that only rise.
    """

    def __init__(
        self,
        watch: Watch,
        tally: Tally,
        total: int | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._watch = watch
        self._tally = tally
        self._total = total
        self._clock = clock
        self._lock = threading.Lock()
        self._done = 0
        self._note = ""
        self._last_done_at = self._shown_at = clock()
        self._samples = deque([(self._shown_at, 0)])

    def finish_one(self) -> None:
        """One more result is there."""
        with self._lock:
            self._done += 1
            self._last_done_at = self._clock()

    def note(self, message: str) -> None:
        """What a job says of itself."""
        self._note = message

    def show(self) -> None:
        """Tell the watch, if it was not told just before."""
        now = self._clock()
        if now - self._shown_at < _EVERY_SECONDS:
            return
        self._shown_at = now
        with self._lock:
            done, last = self._done, self._last_done_at
        parts = [self._count(done), *self._speed(now, done)]
        if self._tally.is_used:
            parts.insert(2, f"{self._tally} so far")
        if now - last >= _SILENT_SECONDS and self._note:
            parts.append(self._note)
        fraction = done / self._total if self._total else None
        self._watch.progress("; ".join(parts), fraction)

    def _count(self, done: int) -> str:
        return f"{done:,} pictures" if self._total is None else f"{done:,} of {self._total:,}"

    def _speed(self, now: float, done: int) -> list[str]:
        """The rate and the time left, once they can be told."""
        self._samples.append((now, done))
        while self._samples[0][0] < now - _RATE_SECONDS:
            self._samples.popleft()
        since, before = self._samples[0]
        if done == before:
            return []
        rate = (done - before) / (now - since)
        shown = f"{rate:.1f} a second" if rate >= 1 else f"{rate * 60:.1f} a minute"
        if self._total is None:
            return [shown]
        return [shown, f"about {_rough((self._total - done) / rate)} left"]


def _rough(seconds: float) -> str:
    """A duration as people say it: never more exact than it is known."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    if seconds < 90 * 60:
        return f"{math.ceil(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
