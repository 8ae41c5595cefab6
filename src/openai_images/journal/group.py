"""One write for all who wait for the disk."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["GroupCommit"]

Record = TypeVar("Record")


class GroupCommit(Generic[Record]):
    """Writes records of many threads; a call returns once its own is safe.

    The disk takes milliseconds to make anything safe, and hardly longer for several records, so
    whoever comes to it first writes for all who wait.

    Args:
        write: makes records safe, in their order, or none of them; called by one thread at a time.
    """

    def __init__(self, write: Callable[[Sequence[Record]], None]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self._waiting: deque[_Waiting[Record]] = deque()

    def __call__(self, record: Record) -> None:
        """Write a record.

        Raises:
            Exception: whatever kept it, and those that were written with it, from being written.
        """
        own = _Waiting(record)
        self._waiting.append(own)
        with self._turn:
            if own.is_open:
                self._write_all(own)
        if own.error is not None:
            raise own.error

    def _write_all(self, own: _Waiting[Record]) -> None:
        waiting = [self._waiting.popleft() for _ in range(len(self._waiting))]
        error = None
        try:
            self._write([one.record for one in waiting])
        except Exception as failed:  # noqa: BLE001 (each of those who wait is told)
            error = failed
        except BaseException:
            # An interrupt concerns this thread alone; the others write for themselves.
            self._waiting.extendleft(one for one in reversed(waiting) if one is not own)
            raise
        for one in waiting:
            one.is_open, one.error = False, error


@dataclass
class _Waiting(Generic[Record]):
    """A record that waits to be written, and what became of it."""

    record: Record
    is_open: bool = True
    error: Exception | None = None
