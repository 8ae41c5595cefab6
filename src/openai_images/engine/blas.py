"""Linear algebra on one core, where it would compete with other workers for theirs.

The threads of a BLAS library keep their core busy for a while when their work is done: eight
variations at 1024 pixels on two cores took 4.0 to 4.5 s beside them, and 3.2 to 3.7 s without.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, ExitStack
from functools import cache

from threadpoolctl import ThreadpoolController

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""The environment of a new process whose linear algebra shall use one core."""


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


class _OneThread:
    """Holds for this process as long as anybody is inside."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limited = ExitStack()

    def __enter__(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._limited.enter_context(_controller().limit(limits=1, user_api="blas"))

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limited.close()


_one_thread = _OneThread()


def one_thread() -> AbstractContextManager[None]:
    """Linear algebra in this process uses one core meanwhile, whoever else is inside."""
    return _one_thread
