"""A watch that writes down what it is told, and cancels on demand."""

from __future__ import annotations

import threading


class Watcher:
    """Attributes: messages told so far; `stop` cancels the work when set; `sent` counts what
    may be billed."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.stop = threading.Event()
        self.told = threading.Event()
        self.sent = 0

    def progress(self, message: str, fraction: float | None = None) -> None:
        self.messages.append(message)
        self.told.set()

    def warn(self, message: str) -> None:
        self.messages.append(message)

    def canceled(self) -> bool:
        return self.stop.is_set()

    def sending(self) -> None:
        self.sent += 1
