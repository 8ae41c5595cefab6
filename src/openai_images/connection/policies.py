"""How patiently a service is asked."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InvalidConnection

__all__ = ["RetryPolicy", "Timeouts"]


@dataclass(frozen=True)
class Timeouts:
    """Seconds: until connected; without a byte of the answer; for one whole call."""

    connect: float = 10.0
    read: float = 300.0

    def __post_init__(self) -> None:
        for name, seconds in (("Connect timeout", self.connect), ("Read timeout", self.read)):
            if not 0 < seconds <= 86_400:
                raise InvalidConnection(
                    f"{name} is {seconds:g} seconds; it must be over 0 and at most a day."
                )


@dataclass(frozen=True)
class RetryPolicy:
    """When a call is sent again; all numbers of the policy stand here.

    Attributes:
        attempts: calls in total, the first included.
        base_delay: seconds before the second call, doubled each time.
        max_delay: cap of the doubled delay in seconds.
        jitter: share of the delay, 0 to 1, that chance may take off.
        max_wait: the longest `retry-after` in seconds that is obeyed; a longer one ends the call.
        deadline: seconds for all calls and waits together.
        may_bill_twice: also repeat what the service may already have done and charged.
    """

    attempts: int = 5
    base_delay: float = 1.0
    max_delay: float = 30.0
    jitter: float = 0.25
    max_wait: float = 120.0
    deadline: float = 900.0
    may_bill_twice: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 100:
            raise InvalidConnection(f"Attempts is {self.attempts}; it must be 1 to 100.")
        for label, seconds in (
            ("First Delay", self.base_delay),
            ("Longest Delay", self.max_delay),
            ("Longest Wait", self.max_wait),
        ):
            if not seconds >= 0:
                raise InvalidConnection(f"{label} is {seconds:g} seconds; it must be 0 or more.")
        if not self.deadline > 0:
            raise InvalidConnection(f"Deadline is {self.deadline:g} seconds; it must be over 0.")
        if not 0 <= self.jitter <= 1:
            raise InvalidConnection(f"Retry jitter is {self.jitter:g}; it must be 0 to 1.")
