"""Linear algebra on one core, where it would compete with other workers for theirs.

The threads of a BLAS library keep their core busy for a while when their work is done: eight
variations at 1024 pixels on two cores took 4.0 to 4.5 s beside them, and 3.2 to 3.7 s without.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""The environment of a new process whose linear algebra shall use one core."""


class _Limit:
    """Holds for this process as long as anybody is inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limited = ExitStack()

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limited.enter_context(_controller().limit(limits=1, user_api="blas"))

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limited.close()


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


_limit = _Limit()


@contextmanager
def one_thread() -> Generator[None, None, None]:
    """Linear algebra in this process uses one core meanwhile, whoever else is inside."""
    _limit.enter()
    try:
        yield
    finally:
        _limit.leave()
