"""A process that makes variations for its parent, one after the other.

Started by `pool` with nothing but pipes: no fork, which threads make unsafe, and no new import of
the parent's main module. On standard input comes, for each task, one line of JSON and, unless its
picture is that of the task before, the picture's raw pixels and, where the parent has it, its
analysis. On standard output goes `READY`, and for each task one line of JSON and a PNG file. When
the input ends, because the parent closed it or is gone, the process exits at once.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import IO

from .errors import EngineError
from .source import Source
from .task import Made, Square, Task
from .variation import never, variation

PNG_LEVEL = 4
"""zlib's level: on photographs 4 takes 40 % of the time of the usual 6, for 3 % more bytes."""
PARENT_CHECK = 0.2
"""Seconds between two looks whether the parent still lives."""

READY = b"ready\n"
"""A worker's first line: its imports have worked."""

BOOTSTRAP = """
import os, signal, sys, types
signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe
folder, parent, sys.path[:] = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
for name in ("openai_images", "openai_images.engine"):
    # Without their __init__, which load what no worker uses.
    package = sys.modules[name] = types.ModuleType(name)
    package.__path__ = [os.path.join(folder, *name.split(".")[1:])]
from openai_images.engine.worker import main
main(parent)
"""


def command() -> list[str]:
    """What starts a worker: an interpreter like this one, with its import path and no more."""
    path = [entry or str(Path.cwd()) for entry in sys.path]
    package = str(Path(__file__).resolve().parents[1])
    return [sys.executable, "-I", "-c", BOOTSTRAP, package, str(os.getpid()), *path]


class Maker:
    """Makes variations in this process; keeps the analysis of the last picture."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._digest = ""
        self._source: Source | None = None

    def learn(self, picture: Square, source: Source) -> None:
        """Takes over an analysis that was made elsewhere."""
        with self._lock:
            self._digest, self._source = picture.digest, source

    def known(self, picture: Square) -> Source | None:
        """The analysis of a picture if it is there, or will be in a moment."""
        if self._digest != picture.digest:
            return None
        with self._lock:
            return self._source if self._digest == picture.digest else None

    def make(self, task: Task, canceled: Callable[[], bool] = never) -> Made:
        """Raises `Canceled`, and `EngineError` if the engine fails."""
        began = time.monotonic()
        try:
            image = variation(
                self._source_of(task),
                task.size,
                seed=task.seed,
                index=task.index,
                strength=task.strength,
                mirror=task.mirror,
                canceled=canceled,
            )
            file = io.BytesIO()
            image.save(file, "PNG", compress_level=PNG_LEVEL)
        except EngineError:
            raise
        except Exception as error:
            raise EngineError(f"The engine failed: {type(error).__name__}: {error}") from error
        return Made(file.getvalue(), time.monotonic() - began)

    def _source_of(self, task: Task) -> Source:
        """The analysis of a picture, enlarged if need be, so that who takes it over has both."""
        with self._lock:
            if self._source is None or self._digest != task.picture.digest:
                self._source = None  # gone before the next one is made: memory for one is enough
                self._digest = task.picture.digest
                source = Source(task.picture.image())
                if source.side < task.size:
                    source.at(task.size, 1.0)
                self._source = source
            return self._source


def send_task(
    pipe: IO[bytes], task: Task, *, same: bool = False, source: Source | None = None
) -> None:
    """same: whether the worker's last task was of the same picture. source: its analysis."""
    fields = {name: value for name, value in vars(task).items() if name != "picture"}
    pixels = b"" if same else task.picture.pixels
    analysis = b"" if same or source is None else pickle.dumps(source)
    head = {"task": fields, "picture": [task.picture.mode, task.picture.side]}
    lengths = {"pixels": len(pixels), "analysis": len(analysis)}
    pipe.write(json.dumps(head | lengths).encode() + b"\n")
    pipe.write(pixels)
    pipe.write(analysis)
    pipe.flush()


def receive_tasks(pipe: IO[bytes], tasks: queue.SimpleQueue[tuple[Task, Source | None]]) -> None:
    """Takes in tasks, with the analysis that came, until the pipe ends, in the middle or not."""
    picture = Square("RGB", 1, bytes(3))
    while (line := pipe.readline()).endswith(b"\n"):
        head = json.loads(line)
        pixels, analysis = pipe.read(head["pixels"]), pipe.read(head["analysis"])
        if (len(pixels), len(analysis)) != (head["pixels"], head["analysis"]):
            return
        if pixels:
            mode, side = head["picture"]
            picture = Square(mode, side, pixels)
        source = pickle.loads(analysis) if analysis else None
        tasks.put((Task(picture, **head["task"]), source))


def send_made(pipe: IO[bytes], made: Made) -> None:
    head = {"bytes": len(made.png), "seconds": made.seconds}
    pipe.write(json.dumps(head).encode() + b"\n" + made.png)
    pipe.flush()


def send_failure(pipe: IO[bytes], error: EngineError) -> None:
    trace = "".join(traceback.format_exception(error))
    pipe.write(json.dumps({"error": str(error), "trace": trace}).encode() + b"\n")
    pipe.flush()


def receive_made(pipe: IO[bytes]) -> Made:
    """The next variation.

    Raises `WorkerFailed` if the engine failed in the worker, EOFError if the worker has ended.
    """
    line = pipe.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    head = json.loads(line)
    if "error" in head:
        raise WorkerFailed(head["error"], head["trace"])
    png = pipe.read(head["bytes"])
    if len(png) < head["bytes"]:
        raise EOFError
    return Made(png, head["seconds"])


class WorkerFailed(EngineError):
    """The engine failed in a worker. trace: where, for the log."""

    def __init__(self, message: str, trace: str) -> None:
        super().__init__(message)
        self.trace = trace


def main(parent: int) -> None:
    """Serve the process ``parent`` until its pipe closes or it is gone."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    answers.write(READY)
    answers.flush()
    tasks: queue.SimpleQueue[tuple[Task, Source | None]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    if os.name != "nt":
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    maker = Maker()
    while True:
        task, source = tasks.get()
        if source:
            maker.learn(task.picture, source)
        try:
            made = maker.make(task)
        except EngineError as error:
            send_failure(answers, error)
        else:
            send_made(answers, made)


def _listen(requests: IO[bytes], tasks: queue.SimpleQueue[tuple[Task, Source | None]]) -> None:
    try:
        receive_tasks(requests, tasks)
    finally:
        os._exit(0)


def _end_with(parent: int) -> None:
    """The pipe of a parent that was killed stays open where a fork of it lives on."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os._exit(0)
