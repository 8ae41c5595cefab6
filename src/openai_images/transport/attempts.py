"""A call until it succeeds or the retry policy is through: waits, rate limit, deadline, log."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..errors import NoAnswer
from ..options import RetryPolicy
from ..response import ApiResponse
from ..text import shown_url
from ..watch import POLL_SECONDS, Watch, raise_if_canceled
from .error_answers import read_explanation
from .exchange import HttpRequest, exchange
from .failures import Failure
from .ratelimit import Clock, RateLimit
from .retry import Repeat, asked_wait, judge, may_be_billed, may_repeat, wait_before_next

# Method, address without query, status and request id; never bodies, headers or keys.
LOG = logging.getLogger("openai_images")
LOG.addHandler(logging.NullHandler())

_REASONS = {408: "408 request timeout", 409: "409 conflict", 429: "429 rate limit"}


@dataclass(frozen=True)
class Attempt:
    """How one call went, as far as the retry policy is concerned."""

    reason: str
    repeat: Repeat
    asked: float | None = None


def send_with_retries(
    request: HttpRequest,
    policy: RetryPolicy,
    rate_limit: RateLimit,
    mask: Callable[[ApiResponse], ApiResponse],
    watch: Watch,
    clock: Clock = time,
) -> ApiResponse:
    """Send `request` as often as the policy allows, within its seconds; gives the last answer.

    Those are for all calls and waits together, from when it is the request's first turn by the
    requests per minute. Only a POST may be charged; anything else may be repeated whatever became
    of it.

    Args:
        mask: takes the key out of an answer, before anybody reads it.

    Raises:
        NoAnswer: the last call brought none.
        Canceled: the watch said so.
    """
    is_charged = request.method == "POST"
    turn = _wait_for_turn(rate_limit, clock.monotonic() + request.seconds, watch, clock, first=True)
    if turn is None:
        raise NoAnswer(_held_too_long(request, rate_limit))
    ends, attempt = turn, 1
    while True:
        if is_charged:
            watch.sending()
        answer = exchange(replace(request, seconds=ends - clock.monotonic()), watch)
        answer = mask(answer) if isinstance(answer, ApiResponse) else answer
        outcome = _judge(answer, is_charged, clock.time())
        if isinstance(answer, ApiResponse) and outcome.asked is None:
            rate_limit.learn(answer.headers)
        _log(request, answer, outcome)
        left = ends - clock.monotonic()
        wait = _next_wait(outcome, policy, attempt, left)
        if wait is None or max(wait, rate_limit.held()) >= left:
            break
        coming = f"attempt {attempt + 1} of {policy.attempts}"
        if outcome.asked is not None:
            rate_limit.hold(wait)
        if is_charged and not _may_be_billed(answer):
            watch.not_billed()
        _pause(wait, f"{outcome.reason.rstrip('.')}; next try", coming, watch, clock)
        if _wait_for_turn(rate_limit, ends, watch, clock) is None:
            break
        attempt += 1
    if isinstance(answer, Failure):
        raise _no_answer(answer, attempt, is_charged)
    return replace(answer, ends=ends)


def _judge(answer: ApiResponse | Failure, is_charged: bool, now: float) -> Attempt:
    if isinstance(answer, Failure):
        repeat = Repeat.MAY_BILL_TWICE if answer.has_sent and is_charged else Repeat.SAFE
        return Attempt(answer.message, Repeat.NEVER if answer.is_final else repeat)
    if answer.status < 400:
        return Attempt(f"HTTP {answer.status}", Repeat.NEVER)
    code = read_explanation(answer.body).code if answer.status == 429 else None
    repeat = judge(answer.status, answer.headers, code)
    if repeat is Repeat.MAY_BILL_TWICE and not is_charged:
        repeat = Repeat.SAFE
    reason = _REASONS.get(answer.status, f"HTTP {answer.status}")
    return Attempt(reason, repeat, asked_wait(answer.headers, now))


def _may_be_billed(answer: ApiResponse | Failure) -> bool:
    return answer.has_sent if isinstance(answer, Failure) else may_be_billed(answer.status)


def _next_wait(
    outcome: Attempt, policy: RetryPolicy, attempt: int, remaining: float
) -> float | None:
    if not may_repeat(outcome.repeat, policy):
        return None
    return wait_before_next(attempt, policy, outcome.asked, remaining, random.random())


def _wait_for_turn(
    rate_limit: RateLimit, ends: float, watch: Watch, clock: Clock, *, first: bool = False
) -> float | None:
    """Wait until a call may start; gives its end, or None where that comes first.

    The requests per minute are the user's own wish: the first wait for them puts the end off.
    """
    while True:
        wait, what = rate_limit.held(), "The service takes no calls; next call"
        if not wait:
            wait, what = rate_limit.book(watch), "Keeping to the requests per minute; next call"
            if not wait:
                return ends
            ends += wait * first
        if wait >= ends - clock.monotonic():
            return None
        _pause(wait, what, "", watch, clock)


def _held_too_long(request: HttpRequest, rate_limit: RateLimit) -> str:
    return (
        f"{request.route.host} takes no calls for another {math.ceil(rate_limit.held())} s (its "
        f"rate limit), longer than the {request.deadline:g} s allowed: raise the deadline, "
        "or try again later."
    )


def _pause(seconds: float, what: str, which: str, watch: Watch, clock: Clock) -> None:
    """Wait, telling each second how long, and end within `POLL_SECONDS` once canceled."""
    LOG.info("%s", _told(what, seconds, which))
    ends = clock.monotonic() + seconds
    told = ""
    while (left := ends - clock.monotonic()) > 0:
        raise_if_canceled(watch)
        text = _told(what, left, which)
        if text != told:
            watch.progress(text)
            told = text
        clock.sleep(min(POLL_SECONDS, left))
    raise_if_canceled(watch)


def _told(what: str, seconds: float, which: str) -> str:
    return f"{what} in {math.ceil(seconds)} s" + (f", {which}" if which else "")


def _log(request: HttpRequest, answer: ApiResponse | Failure, outcome: Attempt) -> None:
    result = outcome.reason
    if isinstance(answer, ApiResponse):
        result = f"{answer.status}, request id {answer.request_id or 'not given'}"
    LOG.info("%s %s: %s", request.method, shown_url(request.url), result)


def _no_answer(failure: Failure, attempts: int, is_charged: bool) -> NoAnswer:
    is_billed = failure.has_sent and is_charged
    charged = " The call may have been done and charged." if is_billed else ""
    tried = f" Tried {attempts} times." if attempts > 1 else ""
    return NoAnswer(failure.message + charged + tried, may_be_billed=is_billed)
