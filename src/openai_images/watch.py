"""How long work tells of its progress and learns that it was canceled."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from .errors import Canceled

__all__ = [
    "POLL_SECONDS",
    "UNWATCHED",
    "QuietWatch",
    "Watch",
    "WatchThrough",
    "raise_if_canceled",
]

POLL_SECONDS = 0.2
"""How often whatever waits looks whether it was canceled."""


class Watch(Protocol):
    """Somebody who looks on; its methods are cheap and may be called from any thread."""

    def progress(self, message: str, fraction: float | None = None) -> None:
        """Show `message`; `fraction` is the share of the work done, 0 to 1, if it changed."""

    def warn(self, message: str) -> None:
        """Tell of something that did not stop the work but should be known after it."""

    def canceled(self) -> bool:
        """Whether the work should end as soon as it can."""

    def turn(self) -> AbstractContextManager[None]:
        """To be held while the service is at work; waits until it may work for one more."""

    def sending(self) -> None:
        """A request that may be billed leaves as soon as this returns; what it raises stops it."""

    def not_billed(self) -> None:
        """What left last was certainly not billed; it may leave again, after a wait."""


class WatchThrough:
    """A watch that passes everything on to another; subclasses do a part of it themselves."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def progress(self, message: str, fraction: float | None = None) -> None:
        self._watch.progress(message, fraction)

    def warn(self, message: str) -> None:
        self._watch.warn(message)

    def canceled(self) -> bool:
        return self._watch.canceled()

    def turn(self) -> AbstractContextManager[None]:
        return self._watch.turn()

    def sending(self) -> None:
        self._watch.sending()

    def not_billed(self) -> None:
        self._watch.not_billed()


class QuietWatch:
    """A watch that nobody looks through; subclasses do what they need."""

    def progress(self, message: str, fraction: float | None = None) -> None:
        """Nobody looks."""

    def warn(self, message: str) -> None:
        """Nobody listens."""

    def canceled(self) -> bool:
        return False

    def turn(self) -> AbstractContextManager[None]:
        """Nobody else calls."""
        return nullcontext()

    def sending(self) -> None:
        """Nobody counts."""

    def not_billed(self) -> None:
        """Nobody counts."""


UNWATCHED: Watch = QuietWatch()


def raise_if_canceled(watch: Watch) -> None:
    """Raise `Canceled` once `watch` says so."""
    if watch.canceled():
        raise Canceled("Canceled.")
