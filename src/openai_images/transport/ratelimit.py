"""How many calls start per minute, counted over all sessions and processes of a user."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from ..watch import Watch
from .retry import parse_duration

_WINDOW_SECONDS = 60.0
_LOCK_SECONDS = 2.0


class Clock(Protocol):
    """What the module `time` offers, so that tests can bring their own."""

    def time(self) -> float:
        """Unix time in seconds, the same in all processes."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


class RateLimit:
    """At most `per_minute` starts in any 60 seconds; 0 sets no limit.

    It also holds all threads back while the service says that nothing is left of its own limit.

    Args:
        longest_hold: a longer hold, in seconds, is not believed.
        service: names what is limited, in all processes alike; None limits this object alone.
    """

    def __init__(
        self,
        per_minute: int,
        longest_hold: float,
        service: str | None = None,
        clock: Clock = time,
    ) -> None:
        self._per_minute = per_minute
        self._longest_hold = longest_hold
        self._service = service
        self._clock = clock
        self._lock = threading.Lock()
        self._starts: deque[float] = deque()
        self._held_until = 0.0

    def book(self, watch: Watch) -> float:
        """Count a start now and return 0, or return the seconds after which to ask again.

        Where the record that processes share cannot be used, the limit holds in this object
        alone, and the watch is warned once.
        """
        if not self._per_minute:
            return 0.0
        with self._lock:
            if self._service is not None:
                try:
                    return _book_shared(self._service, self._per_minute, self._clock)
                except (sqlite3.Error, OSError, RuntimeError) as error:
                    self._service = None
                    watch.warn(
                        "Requests per Minute holds for this node alone: the record that nodes "
                        f"share cannot be used ({error}). Check the folder {_shown_folder()}."
                    )
            return self._book_here(self._clock.monotonic())

    def held(self) -> float:
        """Seconds for which the service lets nobody start."""
        with self._lock:
            return max(0.0, self._held_until - self._clock.monotonic())

    def hold(self, seconds: float) -> None:
        """Let nobody start for `seconds`, unless that is not believed."""
        if seconds <= self._longest_hold:
            with self._lock:
                self._held_until = max(self._held_until, self._clock.monotonic() + seconds)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Hold until the reset where `x-ratelimit-remaining-*` says that nothing is left."""
        for kind in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0":
                reset = parse_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
                if reset is not None:
                    self.hold(reset)

    def _book_here(self, now: float) -> float:
        while self._starts and self._starts[0] + _WINDOW_SECONDS <= now:
            self._starts.popleft()
        if len(self._starts) >= self._per_minute:
            return self._starts[0] + _WINDOW_SECONDS - now
        self._starts.append(now)
        return 0.0


def state_folder() -> Path:
    """Where this user's processes keep what they share; it need not exist.

    `XDG_STATE_HOME` where it is set, or else the system's own place.

    Raises:
        RuntimeError: the user has no home.
    """
    chosen = os.environ.get("XDG_STATE_HOME")
    local = os.environ.get("LOCALAPPDATA")
    if chosen:
        base = Path(chosen)
    elif sys.platform == "win32":
        base = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path.home() / ".local" / "state"
    return base / "openai-images"


def _shown_folder() -> str:
    try:
        return f'"{state_folder()}"'
    except RuntimeError:
        return "of the user"


def _book_shared(service: str, per_minute: int, clock: Clock) -> float:
    """As `RateLimit.book`, in the record of all processes.

    Only starts that happened are written down, so a process that dies takes nothing with it.

    Raises:
        sqlite3.Error, OSError, RuntimeError: there is no such record to be had.
    """
    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "rate-limits.sqlite3"
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    record = sqlite3.connect(path, timeout=_LOCK_SECONDS, isolation_level=None)
    with closing(record):
        # A minute's record need not survive a power failure.
        record.execute("PRAGMA synchronous = OFF")
        record.execute("BEGIN IMMEDIATE")
        # Read before, it could be older than a start that another process wrote meanwhile.
        now = clock.time()
        record.execute("CREATE TABLE IF NOT EXISTS starts (service TEXT, at REAL)")
        record.execute("DELETE FROM starts WHERE at <= ?", (now - _WINDOW_SECONDS,))
        # What lies ahead was written before the clock was set back.
        record.execute("UPDATE starts SET at = ? WHERE at > ?", (now, now))
        oldest = record.execute(
            "SELECT at FROM starts WHERE service = ? ORDER BY at DESC LIMIT 1 OFFSET ?",
            (service, per_minute - 1),
        ).fetchone()
        if oldest is None:
            record.execute("INSERT INTO starts VALUES (?, ?)", (service, now))
        record.execute("COMMIT")
    return 0.0 if oldest is None else float(oldest[0] + _WINDOW_SECONDS - now)
