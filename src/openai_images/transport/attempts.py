"""A call until it succeeds or the retry policy is through: waits, rate limit, deadline, log."""

from __future__ import annotations

import logging
import math
import random
import time
from dataclasses import dataclass, replace

from ..errors import NoAnswer
from ..options import RetryPolicy
from ..response import ApiResponse
from ..text import shown_url
from ..watch import Watch, raise_if_canceled
from .credentials import Mask
from .error_answers import read_explanation
from .exchange import HttpRequest, exchange
from .failures import Failure
from .limits import POLL_SECONDS
from .ratelimit import RateLimit
from .retry import Repeat, asked_wait, judge, may_repeat, wait_before_next

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
    request: HttpRequest, policy: RetryPolicy, rate_limit: RateLimit, mask: Mask, watch: Watch
) -> ApiResponse:
    """Send `request` as often as the policy allows, until its end; gives the last answer.

    Only a POST may be charged; anything else may be repeated whatever became of it.

    Raises:
        NoAnswer: the last call brought none.
        Canceled: the watch said so.
    """
    is_charged = request.method == "POST"
    attempt = 1
    while True:
        request = replace(request, ends=request.ends + _wait_for_turn(rate_limit, watch))
        if is_charged:
            watch.sending()
        answer = exchange(request, watch)
        if isinstance(answer, ApiResponse):
            answer = mask(answer)
            rate_limit.learn(answer.headers, time.monotonic())
        outcome = _judge(answer, is_charged)
        _log(request, answer, outcome)
        wait = _next_wait(outcome, policy, attempt, request.ends)
        if wait is None:
            break
        attempt += 1
        if outcome.asked is not None:
            rate_limit.hold(wait, time.monotonic())
        coming = f"attempt {attempt} of {policy.attempts}"
        _pause(wait, f"{outcome.reason.rstrip('.')}; next try", coming, watch)
    if isinstance(answer, Failure):
        raise _no_answer(answer, attempt, is_charged)
    return answer


def _judge(answer: ApiResponse | Failure, is_charged: bool) -> Attempt:
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
    return Attempt(reason, repeat, asked_wait(answer.headers, time.time()))


def _next_wait(outcome: Attempt, policy: RetryPolicy, attempt: int, ends: float) -> float | None:
    if not may_repeat(outcome.repeat, policy):
        return None
    remaining = ends - time.monotonic()
    return wait_before_next(attempt, policy, outcome.asked, remaining, random.random())


def _wait_for_turn(rate_limit: RateLimit, watch: Watch) -> float:
    """Wait for this call's turn; the seconds waited do not count against its deadline."""
    began = time.monotonic()
    while wait := rate_limit.start(time.monotonic()):
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


def _log(request: HttpRequest, answer: ApiResponse | Failure, outcome: Attempt) -> None:
    result = outcome.reason
    if isinstance(answer, ApiResponse):
        result = f"{answer.status}, request id {answer.request_id or 'not given'}"
    LOG.info("%s %s: %s", request.method, shown_url(request.url), result)


def _no_answer(failure: Failure, attempts: int, is_charged: bool) -> NoAnswer:
    may_be_billed = failure.has_sent and is_charged
    charged = " The call may have been done and charged." if may_be_billed else ""
    tried = f" Tried {attempts} times." if attempts > 1 else ""
    return NoAnswer(failure.message + charged + tried, may_be_billed=may_be_billed)
