"""Which calls are sent again, and when: pure functions over `RetryPolicy`.

A variation is not idempotent and is charged, so an outcome is judged by whether the service may
have done the work already.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import Enum

from ..options import RetryPolicy

_WAITING_HELPS = frozenset({408, 409, 429})
NEVER_SUPPORTED = frozenset({501, 505})
# Codes of 429 that say "pay first", not "slow down".
QUOTA_CODES = frozenset({"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"})

SHORTEST_WAIT = 0.05
"""Seconds between two calls, whatever service and policy say."""

_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_DURATION = re.compile(rf"(?:{_NUMBER.pattern}(?:ms|us|µs|ns|d|h|m|s))+")
_PART = re.compile(rf"({_NUMBER.pattern})(ms|us|µs|ns|d|h|m|s)")
_UNIT_SECONDS = {
    "d": 86_400.0,
    "h": 3_600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 1e-3,
    "us": 1e-6,
    "µs": 1e-6,
    "ns": 1e-9,
}
_LONGEST_TEXT = 100


class Repeat(Enum):
    """Whether a call may be sent again."""

    NEVER = "never"
    SAFE = "safe"
    MAY_BILL_TWICE = "may bill twice"


def judge(status: int, headers: Mapping[str, str], code: str | None) -> Repeat:
    """Whether a call that was answered with `status` may be sent again.

    The service's own `x-should-retry` decides, but it neither revives an account without quota
    nor a request that the service calls wrong.

    Args:
        headers: of the answer, by lower-case name.
        code: the service's error code.
    """
    waiting_helps = status in _WAITING_HELPS and code not in QUOTA_CODES
    if status < 500 and not waiting_helps:
        return Repeat.NEVER
    should = headers.get("x-should-retry", "").strip().lower()
    if should == "false" or status in NEVER_SUPPORTED:
        return Repeat.NEVER
    if waiting_helps or should == "true" or (status == 503 and "retry-after" in headers):
        return Repeat.SAFE
    return Repeat.MAY_BILL_TWICE


def may_be_billed(status: int) -> bool:
    """Whether a service that answers a call so may have done, and charged, the work."""
    return status >= 500 and status not in NEVER_SUPPORTED


def may_repeat(repeat: Repeat, policy: RetryPolicy) -> bool:
    """Whether the user's policy allows what `repeat` says."""
    return repeat is Repeat.SAFE or (repeat is Repeat.MAY_BILL_TWICE and policy.may_bill_twice)


def wait_before_next(
    attempt: int, policy: RetryPolicy, asked: float | None, remaining: float, chance: float
) -> float | None:
    """Seconds to wait after call number `attempt`, or None if that was the last one.

    Args:
        asked: seconds that the service asks to wait; never cut short, or else the call ends.
        remaining: seconds left until the deadline.
        chance: a random number, 0 to 1, that spreads the calls of many clients.
    """
    if attempt >= policy.attempts:
        return None
    if asked is None:
        doubled = policy.base_delay * 2.0 ** min(attempt - 1, 60)
        wait = min(doubled, policy.max_delay) * (1 - policy.jitter * chance)
    elif asked > policy.max_wait:
        return None
    else:
        wait = asked
    wait = max(wait, _shortest_wait(attempt, policy))
    return wait if wait < remaining else None


def _shortest_wait(attempt: int, policy: RetryPolicy) -> float:
    """Doubled up to the first delay: a service that says "at once" does not mean it each time."""
    return max(SHORTEST_WAIT, min(policy.base_delay, SHORTEST_WAIT * 2.0 ** min(attempt - 1, 60)))


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that an answer asks to wait, or None if it does not say or cannot be read.

    Read are `retry-after-ms` and `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3).

    Args:
        headers: of the answer, by lower-case name.
        now: Unix time in seconds.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    return seconds if seconds is not None else _until(text, now)


def parse_duration(text: str) -> float | None:
    """Seconds of a duration such as `12ms`, `6m0s`, `1h2m3.5s` or `20`; None for anything else."""
    text = text.strip()
    if len(text) > _LONGEST_TEXT or not _DURATION.fullmatch(text):
        return _number(text)
    return sum(float(number) * _UNIT_SECONDS[unit] for number, unit in _PART.findall(text))


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text) if _NUMBER.fullmatch(text) else None


def _until(date: str, now: float) -> float | None:
    if not date or len(date) > _LONGEST_TEXT:
        return None
    try:
        moment = parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        return None
    return max(0.0, moment - now) if math.isfinite(moment) else None
