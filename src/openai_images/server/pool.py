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
    What waits, waits here: the executor only ever holds what its processes work on. So a cancel is
    at once, and nothing in the executor is canceled, which it does not bear while it breaks.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._free = asyncio.Semaphore(workers)
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
        making = [asyncio.ensure_future(self._make_one(task)) for task in tasks]
        try:
            return list(await asyncio.gather(*making))
        finally:
            for one in making:
                one.cancel()

    async def _make_one(self, task: Task) -> Made:
        await self._free.acquire()
        executor = self._executor
        try:
            running = asyncio.wrap_future(executor.submit(make, task))
        except BrokenProcessPool:
            self._free.release()
            raise self._replaced(executor) from None
        running.add_done_callback(lambda _: self._free.release())
        try:
            return await asyncio.shield(running)
        except BrokenProcessPool:
            raise self._replaced(executor) from None

    def close(self) -> None:
        """End the processes after the images they are at."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _replaced(self, broken: ProcessPoolExecutor) -> Refusal:
        """Start new processes, unless another call has done so already."""
        if broken is self._executor:
            self._executor = self._new_executor()
            broken.shutdown(wait=False)
        return Refusal(
            503,
            "An engine process ended unexpectedly. Please try again.",
            kind="server_error",
            code="engine_failed",
            headers={"retry-after": "1"},
        )

    def _new_executor(self) -> ProcessPoolExecutor:
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=start)
