"""The threads of a pool: each does one job after another, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import IO

from .blas import ONE_THREAD, one_thread
from .errors import Canceled, EngineError
from .source import Source
from .task import Made, Square, Task
from .worker import READY, Maker, WorkerFailed, command, receive_made, send_task

logger = logging.getLogger(__name__)

KEEPS_MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(128 * 2**20),
}
"""The environment of a process whose arrays come from memory that it has had before, where glibc
allocates. Else it gives large ones back and has them cleared anew: 14,000 pages for a variation of
1024 pixels, which took 0.06 s of 0.9 s."""


class Job:
    """A task and its future, which stays pending, and so can be canceled, until all is done.

    number: of those of the pool, in the order in which they came.
    """

    def __init__(self, task: Task, number: int) -> None:
        self.task = task
        self.number = number
        self.future: Future[Made] = Future()
        self.settled = False

    def settle(self) -> bool:
        """Decides, once, whether the future gets a result or stays canceled."""
        self.settled = True
        return self.future.set_running_or_notify_cancel()


class PoolThread:
    """A thread that does one job after the other, in this process.

    job: what it is at, None if it is free. digest: of the last picture.
    """

    def __init__(self, finish: Callable[[PoolThread, Job], bool]) -> None:
        self.job: Job | None = None
        self.digest = ""
        self._finish = finish
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.maker = Maker()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def take(self, job: Job) -> None:
        self.job = job
        self.digest = job.task.picture.digest
        self._jobs.put(job)

    def abort(self) -> None:
        """Gives up a job that was settled."""

    def end(self) -> None:
        """Waits until the thread has ended; call it when the job is canceled."""
        self._jobs.put(None)
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        while job := self._jobs.get():
            made: Made | None = None
            failure: Exception | None = None
            try:
                made = self._make(job)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's to hear
                failure = error
            if not self._finish(self, job):
                continue
            if made:
                job.future.set_result(made)
            else:
                job.future.set_exception(failure)

    def _make(self, job: Job) -> Made:
        with one_thread():
            return self.maker.make(job.task, canceled=lambda: job.settled)


class ProcessThread(PoolThread):
    """A thread that has its jobs done by a process of its own.

    known: gives the analysis of a picture, if there is one already.
    """

    def __init__(
        self, finish: Callable[[PoolThread, Job], bool], known: Callable[[Square], Source | None]
    ) -> None:
        self._known = known
        self._process: Process | None = None
        super().__init__(finish)

    def abort(self) -> None:
        if process := self._process:
            process.kill()

    def _run(self) -> None:
        try:
            self._start()
            super()._run()
        finally:
            self._stop()

    def _make(self, job: Job) -> Made:
        for last in (False, True):
            process = self._start()
            if process is None:
                return super()._make(job)
            if job.settled:
                raise Canceled("Canceled before it began.")
            try:
                return process.make(job.task, self._known)
            except WorkerFailed as error:
                logger.warning("%s", error.trace)
                raise
            except (OSError, EOFError):
                why = self._stop()
                if job.settled:
                    raise Canceled("Canceled while it was made.") from None
                logger.warning("A worker process ended %s", why)
                if last and not process.ready:
                    return super()._make(job)
                if last:
                    raise EngineError(f"Two worker processes ended, the last {why}") from None
        raise AssertionError("not reached")

    def _start(self) -> Process | None:
        """The process, started if there is none; None if that is impossible."""
        if self._process and self._process.killed:
            self._stop()
        if self._process is None:
            try:
                self._process = Process()
            except OSError as error:
                logger.warning("A worker process cannot be started: %s", error)
        return self._process

    def _stop(self) -> str:
        """Ends the process, if there is one; with which status and last words."""
        process, self._process = self._process, None
        return process.end() if process else ""


class Process:
    """A worker and its pipes. Raises OSError if it cannot be started."""

    def __init__(self) -> None:
        self.ready = False
        self.killed = False
        self._last = ""
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - end() closes it
        try:
            self._process = subprocess.Popen(
                command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._complaints,
                env={**os.environ, **ONE_THREAD, **KEEPS_MEMORY},
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError:
            self._complaints.close()
            raise

    def make(self, task: Task, known: Callable[[Square], Source | None]) -> Made:
        """Raises OSError or EOFError if the worker dies, `WorkerFailed` if the engine fails."""
        requests, answers = self._pipes()
        if not self.ready and answers.readline() != READY:
            raise EOFError
        self.ready = True
        same = task.picture.digest == self._last
        send_task(requests, task, same=same, source=None if same else known(task.picture))
        self._last = task.picture.digest
        return receive_made(answers)

    def kill(self) -> None:
        self.killed = True
        self._process.kill()

    def end(self) -> str:
        """Kills the worker and waits until it is gone; its status and last words."""
        self._process.kill()
        status = self._process.wait()
        self._complaints.seek(0, os.SEEK_END)
        self._complaints.seek(max(0, self._complaints.tell() - 2000))
        words = self._complaints.read().decode(errors="replace").strip()
        for pipe in (*self._pipes(), self._complaints):
            with contextlib.suppress(OSError):
                pipe.close()
        return f"with status {status}: {words}"

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        return requests, answers
