"""A watch that writes down what it is told, and cancels on demand."""

from __future__ import annotations

import threading


def calls_left() -> list[threading.Thread]:
    """Threads of calls that do not end by themselves."""
    calls = [each for each in threading.enumerate() if each.name == "openai-images-call"]
    for call in calls:
        call.join(30)
    return [call for call in calls if call.is_alive()]


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
