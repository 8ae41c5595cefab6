"""A watch that writes down what it is told, and cancels on demand; and limits on busy machines."""

from __future__ import annotations

import threading
import time

from openai_images.watch import QuietWatch


def calls_left() -> list[threading.Thread]:
    """Threads that go on with a call by themselves."""
    ends = time.monotonic() + 30
    while True:
        calls = [each for each in threading.enumerate() if each.name == "openai-images-call"]
        if not calls or time.monotonic() > ends:
            return calls
        time.sleep(0.01)


class Metronome:
    """How long the machine kept a thread waiting that had nothing to do but wake up.

    A limit in seconds plus `late` holds on a busy machine as the limit alone does on an idle one.
    """

    _TICK = 0.02

    def __enter__(self) -> Metronome:
        self.late = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            began = time.monotonic()
            time.sleep(self._TICK)
            self.late += time.monotonic() - began - self._TICK


class Watcher(QuietWatch):
    """Attributes: messages told so far; `stop` cancels the work when set; `sent` counts what
    may be billed, `unbilled` what was not."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.stop = threading.Event()
        self.told = threading.Event()
        self.sent = self.unbilled = 0

    def progress(self, message: str, fraction: float | None = None) -> None:
        self.messages.append(message)
        self.told.set()

    def warn(self, message: str) -> None:
        self.messages.append(message)

    def canceled(self) -> bool:
        return self.stop.is_set()

    def sending(self) -> None:
        self.sent += 1

    def not_billed(self) -> None:
        self.unbilled += 1
