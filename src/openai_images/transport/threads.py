"""Threads for what may be left behind: kept for the next piece of work, never waited for at exit.

To start and end one for each call takes half a millisecond of CPU. Nobody can end one that asks a
name server which does not answer, and `concurrent.futures` would wait for it at exit.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["KeptThreads"]

# A thread without work ends after so long.
_KEPT_SECONDS = 1.0

Result = TypeVar("Result")
_Work = tuple[Callable[[], Result], "queue.SimpleQueue[Result]"]


class KeptThreads(Generic[Result]):
    """As many threads as have work at a time. May be used by many threads.

    Args:
        name: of a thread while it works.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: queue.SimpleQueue[_Work[Result]] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)

    def run(self, work: Callable[[], Result]) -> queue.SimpleQueue[Result]:
        """Begin `work`, which raises nothing; its result comes into the queue."""
        outcome: queue.SimpleQueue[Result] = queue.SimpleQueue()
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._serve, daemon=True).start()
        self._work.put((work, outcome))
        return outcome

    def _serve(self) -> None:
        thread = threading.current_thread()
        waiting = thread.name
        while True:
            try:
                work, outcome = self._work.get(timeout=_KEPT_SECONDS)
            except queue.Empty:
                if self._idle.acquire(blocking=False):
                    return
                continue  # Work for this one is coming.
            thread.name = self._name
            result = work()
            thread.name = waiting
            self._idle.release()
            outcome.put(result)
            del work, outcome, result  # They hold pictures.
