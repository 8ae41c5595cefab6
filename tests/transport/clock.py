"""Clocks that go on only while somebody sleeps."""

from __future__ import annotations

import threading
from pathlib import Path


class DrivenClock:
    """Starts at `now`, the same for `time` and `monotonic`; may be used by several threads."""

    def __init__(self, now: float = 1_000_000.0) -> None:
        self._lock = threading.Lock()
        self.now = now
        self.slept = 0.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept += seconds


class SharedClock:
    """One clock for several processes: the latest time to which any of them has slept."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen = 0.0

    def time(self) -> float:
        self._seen = max(map(float, self._file.read_text().split()))
        return self._seen

    monotonic = time

    def sleep(self, seconds: float) -> None:
        """From the time that was read last: others may have slept since, as no real time has."""
        with self._file.open("a") as file:
            file.write(f"{self._seen + seconds!r}\n")
