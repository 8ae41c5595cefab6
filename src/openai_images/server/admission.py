"""The bounded queue: who is let in, and how long the others should wait."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .refusal import Refusal

__all__ = ["Admission"]

_WEIGHT = 0.2  # of the newest measurement in the running mean
_FIRST_GUESS = 1.0  # seconds an image takes, before any was made
_LONGEST_WAIT = 60  # seconds; OpenAI's client does not believe more


@dataclass(eq=False)
class _Ticket:
    """One call that was let in; `images` is how many it waits for."""

    images: int


class Admission:
    """Lets in as many calls as `capacity`, and answers 429 to the rest.

    A call that could not be done within `patience` seconds is turned away too.
    """

    def __init__(self, capacity: int, workers: int, patience: float) -> None:
        self.capacity = capacity
        self._workers = workers
        self._patience = patience
        self._tickets: list[_Ticket] = []
        self._image_seconds = _FIRST_GUESS

    @property
    def free(self) -> int:
        """How many more calls would be let in."""
        return self.capacity - len(self._tickets)

    @contextmanager
    def admit(self, images: int) -> Iterator[None]:
        """Hold a place for a call while the block runs.

        Raises:
            Refusal: 429 with `retry-after`, all places are taken.
        """
        self.check()
        ticket = _Ticket(images)
        self._tickets.append(ticket)
        try:
            yield
        finally:
            self._tickets.remove(ticket)

    def check(self) -> None:
        """Raises as `admit` would; takes no place."""
        if self.free > 0 and self.backlog_seconds < self._patience:
            return
        wait = min(_LONGEST_WAIT, max(1, math.ceil(self.backlog_seconds / 2)))
        raise Refusal(
            429,
            f"The queue is full with {len(self._tickets)} calls. Please try again in {wait}s.",
            kind="requests",
            code="rate_limit_exceeded",
            headers={"retry-after": str(wait), **self.headers()},
        )

    def measured(self, image_seconds: float) -> None:
        """Learn how long a worker took for one image."""
        self._image_seconds += _WEIGHT * (image_seconds - self._image_seconds)

    @property
    def backlog_seconds(self) -> float:
        """How long the workers will need for everything that was let in."""
        images = sum(ticket.images for ticket in self._tickets)
        return images * self._image_seconds / self._workers

    def headers(self) -> dict[str, str]:
        """OpenAI's rate limit headers: places in the queue in the place of requests a minute."""
        return {
            "x-ratelimit-limit-requests": str(self.capacity),
            "x-ratelimit-remaining-requests": str(max(0, self.free)),
            "x-ratelimit-reset-requests": f"{math.ceil(1000 * self.backlog_seconds)}ms",
        }
