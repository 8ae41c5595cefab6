"""The bounded queue: who is let in, and how long the others should wait."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .refusal import Refusal

__all__ = ["Admission", "Ticket"]

_WEIGHT = 0.2  # of the newest measurement in the running mean
_FIRST_GUESS = 1.0  # seconds an image takes, before any was made
_LONGEST_WAIT = 60


@dataclass
class Ticket:
    """One call that was let in; `images` is how many it still waits for."""

    images: int = 1


class Admission:
    """Lets in as many calls as `capacity`, and answers 429 to the rest."""

    def __init__(self, capacity: int, workers: int) -> None:
        self.capacity = capacity
        self._workers = workers
        self._tickets: list[Ticket] = []
        self._image_seconds = _FIRST_GUESS

    @property
    def free(self) -> int:
        """How many more calls would be let in."""
        return self.capacity - len(self._tickets)

    @contextmanager
    def admit(self) -> Iterator[Ticket]:
        """Hold a place while the block runs.

        Raises:
            Refusal: 429 with `retry-after`, all places are taken.
        """
        if self.free <= 0:
            wait = min(_LONGEST_WAIT, max(1, math.ceil(self.backlog_seconds / 2)))
            raise Refusal(
                429,
                f"The queue is full with {self.capacity} calls. Please try again in {wait}s.",
                kind="requests",
                code="rate_limit_exceeded",
                headers={"retry-after": str(wait), **self.headers()},
            )
        ticket = Ticket()
        self._tickets.append(ticket)
        try:
            yield ticket
        finally:
            self._tickets.remove(ticket)

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
