"""How many calls start per minute, shared by all threads of a session."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping

from .retry import parse_duration

_WINDOW_SECONDS = 60.0


class RateLimit:
    """At most `per_minute` starts in any 60 seconds; 0 sets no limit.

    It also holds all threads back while the service says that nothing is left of its own limit.
    Times are seconds of one monotonic clock.
    """

    def __init__(self, per_minute: int, longest_hold: float) -> None:
        self._per_minute = per_minute
        self._longest_hold = longest_hold
        self._lock = threading.Lock()
        self._starts: deque[float] = deque()
        self._held_until = 0.0

    def start(self, now: float) -> float:
        """Book a start and return 0, or return the seconds after which to ask again."""
        with self._lock:
            while self._starts and self._starts[0] + _WINDOW_SECONDS <= now:
                self._starts.popleft()
            wait = self._held_until - now
            if self._per_minute and len(self._starts) >= self._per_minute:
                wait = max(wait, self._starts[0] + _WINDOW_SECONDS - now)
            if wait > 0:
                return wait
            self._starts.append(now)
            return 0.0

    def hold(self, seconds: float, now: float) -> None:
        """Let nobody start for `seconds`; more than the longest hold is not believed."""
        if seconds <= self._longest_hold:
            with self._lock:
                self._held_until = max(self._held_until, now + seconds)

    def learn(self, headers: Mapping[str, str], now: float) -> None:
        """Hold until the reset where `x-ratelimit-remaining-*` says that nothing is left."""
        for kind in ("requests", "tokens"):
            if headers.get(f"x-ratelimit-remaining-{kind}", "").strip() == "0":
                reset = parse_duration(headers.get(f"x-ratelimit-reset-{kind}", ""))
                if reset is not None:
                    self.hold(reset, now)
