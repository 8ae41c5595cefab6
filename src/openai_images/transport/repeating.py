"""A call until it succeeds or the retry policy is through: waits, pace, deadline, log."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import NoAnswer
from ..options import RetryPolicy
from ..response import ApiResponse
from ..watch import Watch, raise_if_canceled
from .cleaning import shown_url
from .exchange import Call, exchange
from .explanation import read_explanation
from .failure import Failure
from .limits import POLL_SECONDS
from .log import LOG
from .pace import Pace
from .retry import Repeat, asked_wait, judge, may_repeat, wait_before_next

_REASONS = {408: "408 request timeout", 409: "409 conflict", 429: "429 rate limit"}


@dataclass(frozen=True)
class Outcome:
    """How one attempt went, as far as the retry policy is concerned."""

    reason: str
    repeat: Repeat
    asked: float | None = None


def call_repeatedly(
    new_call: Callable[[float], Call],
    policy: RetryPolicy,
    pace: Pace,
    watch: Watch,
    *,
    is_charged: bool,
) -> ApiResponse:
    """Make the calls that the policy allows; the last answer, an error or not, is returned.

    Args:
        new_call: makes a call that ends at the given time of the monotonic clock.
        is_charged: whether a call that was sent may be billed; else any may be repeated.

    Raises:
        NoAnswer: the last call brought none.
        Canceled: the watch said so.
    """
    ends = time.monotonic() + policy.deadline
    attempt = 1
    while True:
        ends += _keep_pace(pace, watch)
        call = new_call(ends)
        answer = exchange(call, watch)
        if isinstance(answer, ApiResponse):
            answer = call.mask(answer)
            pace.learn(answer.headers, time.monotonic())
        outcome = _judge(answer, is_charged)
        _log(call, answer, outcome)
        wait = _next_wait(outcome, policy, attempt, ends)
        if wait is None:
            break
        attempt += 1
        if outcome.asked is not None:
            pace.hold(wait, time.monotonic())
        coming = f"attempt {attempt} of {policy.attempts}"
        _pause(wait, f"{outcome.reason.rstrip('.')}; next try", coming, watch)
    if isinstance(answer, Failure):
        raise _no_answer(answer, attempt, is_charged)
    return answer


def _judge(answer: ApiResponse | Failure, is_charged: bool) -> Outcome:
    if isinstance(answer, Failure):
        repeat = Repeat.MAY_BILL_TWICE if answer.has_sent and is_charged else Repeat.SAFE
        return Outcome(answer.message, Repeat.NEVER if answer.is_final else repeat)
    if answer.status < 400:
        return Outcome(f"HTTP {answer.status}", Repeat.NEVER)
    code = read_explanation(answer.body).code if answer.status == 429 else None
    repeat = judge(answer.status, answer.headers, code)
    if repeat is Repeat.MAY_BILL_TWICE and not is_charged:
        repeat = Repeat.SAFE
    reason = _REASONS.get(answer.status, f"HTTP {answer.status}")
    return Outcome(reason, repeat, asked_wait(answer.headers, time.time()))


def _next_wait(outcome: Outcome, policy: RetryPolicy, attempt: int, ends: float) -> float | None:
    if not may_repeat(outcome.repeat, policy):
        return None
    remaining = ends - time.monotonic()
    return wait_before_next(attempt, policy, outcome.asked, remaining, random.random())


def _keep_pace(pace: Pace, watch: Watch) -> float:
    """Wait for this call's turn; the seconds waited do not count against its deadline."""
    began = time.monotonic()
    while wait := pace.start(time.monotonic()):
        _pause(wait, "Keeping to the requests per minute; next call", "", watch)
    return time.monotonic() - began


def _pause(seconds: float, what: str, which: str, watch: Watch) -> None:
    """Wait, telling each second how long, and end within `POLL_SECONDS` once canceled."""
    LOG.info("%s", _told(what, seconds, which))
    ends = time.monotonic() + seconds
    told = ""
    while (left := ends - time.monotonic()) > 0:
        raise_if_canceled(watch)
        text = _told(what, left, which)
        if text != told:
            watch.progress(text)
            told = text
        time.sleep(min(POLL_SECONDS, left))
    raise_if_canceled(watch)


def _told(what: str, seconds: float, which: str) -> str:
    return f"{what} in {math.ceil(seconds)} s" + (f", {which}" if which else "")


def _log(call: Call, answer: ApiResponse | Failure, outcome: Outcome) -> None:
    result = outcome.reason
    if isinstance(answer, ApiResponse):
        result = f"{answer.status}, request id {answer.request_id or 'not given'}"
    LOG.info("%s %s: %s", call.method, shown_url(call.url), result)


def _no_answer(failure: Failure, attempts: int, is_charged: bool) -> NoAnswer:
    may_be_billed = failure.has_sent and is_charged
    charged = " The call may have been done and charged." if may_be_billed else ""
    tried = f" Tried {attempts} times." if attempts > 1 else ""
    return NoAnswer(failure.message + charged + tried, may_be_billed=may_be_billed)
