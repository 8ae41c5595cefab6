"""The engine's processes."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from .refusal import Refusal
from .worker import Made, Task, make, ready, start

__all__ = ["EnginePool"]


class EnginePool:
    """A fixed number of processes that make one variation each at a time, first come first served.

    They are spawned, not forked: a fork would copy the server's threads in whatever state they are.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._executor = self._new_executor()

    async def warm_up(self) -> None:
        """Start the processes and load the engine into them."""
        submitted = [self._executor.submit(ready) for _ in range(self._workers)]
        await asyncio.gather(*map(asyncio.wrap_future, submitted))

    async def make(self, tasks: Sequence[Task]) -> list[Made]:
        """The variations, in the order of `tasks`; a cancel drops those that have not begun.

        Raises:
            InvalidPicture: the picture is not one that variations can be made of.
            Refusal: 503, a process died; new ones are started.
        """
        executor = self._executor
        waiting: list[asyncio.Future[Made]] = []
        try:
            for task in tasks:
                waiting.append(asyncio.wrap_future(executor.submit(make, task)))
            return list(await asyncio.gather(*waiting))
        except BrokenProcessPool:
            self._replace(executor)
            raise Refusal(
                503,
                "An engine process ended unexpectedly. Please try again.",
                kind="server_error",
                code="engine_failed",
                headers={"retry-after": "1"},
            ) from None
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End the processes after the images they are at."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _replace(self, broken: ProcessPoolExecutor) -> None:
        if broken is self._executor:  # the first of the calls that notice
            self._executor = self._new_executor()
            broken.shutdown(wait=False)

    def _new_executor(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=start)
