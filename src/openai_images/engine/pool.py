"""Worker processes that share the indices of one request. See `worker` for what they run."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO

from PIL import Image

from .errors import Canceled
from .worker import BOOTSTRAP, Job, receive_picture, send_index, send_job

POLL = 0.1
"""Seconds between two questions whether the caller has canceled."""
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""A worker uses one core: its linear algebra must not compete with the other workers."""

logger = logging.getLogger(__name__)


class Pool:
    """Up to ``count`` workers for the indices 0..n-1 of a job; a context that leaves none behind.

    pixels: the raw square picture the job describes. A worker that cannot be started or dies is
    logged and not replaced.
    """

    def __init__(self, job: Job, pixels: bytes, n: int, count: int) -> None:
        self._todo: queue.SimpleQueue[int] = queue.SimpleQueue()
        for index in range(n):
            self._todo.put(index)
        self._done: queue.SimpleQueue[tuple[int, Image.Image]] = queue.SimpleQueue()
        self._pictures: dict[int, Image.Image] = {}
        self._workers: list[_Worker] = []
        try:
            for _ in range(count):
                self._workers.append(_Worker(job, pixels, self._todo, self._done))
        except OSError as error:
            logger.warning("A worker process cannot be started: %s", error)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.stop()

    def picture(self, index: int, canceled: Callable[[], bool]) -> Image.Image | None:
        """Waits for a variation; None if no worker is left that could deliver it.

        Raises `Canceled`, at most 0.1 s after ``canceled`` turns true.
        """
        while index not in self._pictures:
            if canceled():
                raise Canceled("Canceled; no variation is being made any more.")
            working = any(worker.serving() for worker in self._workers)
            try:
                done, picture = self._done.get(timeout=POLL if working else 0)
            except queue.Empty:
                if not working:
                    return None
            else:
                self._pictures[done] = picture
        return self._pictures.pop(index)


def _start(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    """An interpreter like this one, with this one's import path and nothing else of it."""
    path = [entry or str(Path.cwd()) for entry in sys.path]
    return subprocess.Popen(
        [sys.executable, "-I", "-c", BOOTSTRAP, *path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=complaints,
        env={**os.environ, **ONE_THREAD},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


class _Worker:
    """One process and the thread that feeds it."""

    def __init__(
        self,
        job: Job,
        pixels: bytes,
        todo: queue.SimpleQueue[int],
        done: queue.SimpleQueue[tuple[int, Image.Image]],
    ) -> None:
        self._todo, self._done = todo, done
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - stop() closes it
        try:
            self._process = _start(self._complaints)
        except OSError:
            self._complaints.close()
            raise
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, args=(job, pixels), daemon=True)
        self._thread.start()

    def serving(self) -> bool:
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ends the process, whatever it is doing, and waits until it is gone."""
        self._stopping = True
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout, self._complaints):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]  # both were asked for as pipes

    def _serve(self, job: Job, pixels: bytes) -> None:
        """Feeds the process until no index is left or it has died."""
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        try:
            send_job(requests, job, pixels)
            while self._serve_one(requests, answers):
                pass
        except OSError:
            self._report()

    def _serve_one(self, requests: IO[bytes], answers: IO[bytes]) -> bool:
        """Has one more index made; False if there is none. Raises OSError if the process died."""
        try:
            index = self._todo.get_nowait()
        except queue.Empty:
            return False
        send_index(requests, index)
        picture = receive_picture(answers)
        if picture is None:
            raise BrokenPipeError("The worker ended in the middle of a variation.")
        self._done.put((index, picture))
        return True

    def _report(self) -> None:
        """Logs why the process died, unless it was ended on purpose."""
        if self._stopping:
            return
        status = self._process.wait()
        self._complaints.seek(0)
        words = self._complaints.read()[-2000:].decode(errors="replace").strip()
        logger.warning("A worker process ended with status %s: %s", status, words)
