"""The retry policy's decisions, each a pure function."""

from __future__ import annotations

import math
from email.utils import formatdate

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from openai_images.options import RetryPolicy
from openai_images.transport.retry import (
    SHORTEST_WAIT,
    Repeat,
    asked_wait,
    judge,
    may_repeat,
    parse_duration,
    wait_before_next,
)

NOW = 1_800_000_000.0
HINTS = st.dictionaries(
    st.sampled_from(["retry-after", "retry-after-ms", "x-should-retry"]),
    st.sampled_from(["1", "true", "false", "", "?"]),
)


@pytest.mark.parametrize(
    ("status", "headers", "code", "expected"),
    [
        (408, {}, None, Repeat.SAFE),
        (409, {}, None, Repeat.SAFE),
        (429, {}, None, Repeat.SAFE),
        (429, {}, "rate_limit_exceeded", Repeat.SAFE),
        (429, {}, "insufficient_quota", Repeat.NEVER),
        (429, {"x-should-retry": "true"}, "insufficient_quota", Repeat.NEVER),
        (429, {"x-should-retry": "false"}, None, Repeat.NEVER),
        (400, {"x-should-retry": "true"}, None, Repeat.NEVER),
        (500, {}, None, Repeat.MAY_BILL_TWICE),
        (500, {"retry-after": "1"}, None, Repeat.MAY_BILL_TWICE),
        (500, {"x-should-retry": "True "}, None, Repeat.SAFE),
        (500, {"x-should-retry": "false"}, None, Repeat.NEVER),
        (501, {"x-should-retry": "true"}, None, Repeat.NEVER),
        (502, {}, None, Repeat.MAY_BILL_TWICE),
        (503, {}, None, Repeat.MAY_BILL_TWICE),
        (503, {"retry-after": "1"}, None, Repeat.SAFE),
        (504, {}, None, Repeat.MAY_BILL_TWICE),
    ],
)
def test_an_answer_is_judged_by_what_may_have_been_charged(status, headers, code, expected):
    assert judge(status, headers, code) is expected


@given(st.integers(400, 499).filter(lambda s: s not in (408, 409, 429)), HINTS)
def test_every_other_4xx_is_final(status, headers):
    assert judge(status, headers, None) is Repeat.NEVER


@given(st.integers(200, 599), HINTS, st.none() | st.text(max_size=5))
def test_what_may_be_charged_is_repeated_only_on_request(status, headers, code):
    repeat = judge(status, headers, code)
    assert may_repeat(repeat, RetryPolicy()) == (repeat is Repeat.SAFE)
    allowed = may_repeat(repeat, RetryPolicy(may_bill_twice=True))
    assert allowed == (repeat is not Repeat.NEVER)


def test_waits_double_up_to_the_cap():
    policy = RetryPolicy(attempts=7, base_delay=1, max_delay=10, jitter=0)
    waits = [wait_before_next(n, policy, None, math.inf, 0.5) for n in range(1, 8)]
    assert waits == [1, 2, 4, 8, 10, 10, None]


@given(st.integers(1, 50), st.floats(0, 1), st.floats(0, 1))
def test_chance_takes_off_its_share_and_no_more(attempt, jitter, chance):
    policy = RetryPolicy(attempts=100, jitter=jitter)
    full = wait_before_next(attempt, policy, None, math.inf, 0.0)
    wait = wait_before_next(attempt, policy, None, math.inf, chance)
    assert full * (1 - jitter) <= wait <= full <= policy.max_delay


def test_what_the_service_asks_is_obeyed_or_ends_the_call():
    policy = RetryPolicy(max_wait=60)
    assert wait_before_next(1, policy, 60.0, math.inf, 0.9) == 60.0
    assert wait_before_next(1, policy, 0.05, math.inf, 0.9) == 0.05
    assert wait_before_next(1, policy, 60.1, math.inf, 0.9) is None


def test_at_once_is_later_each_time_up_to_the_first_delay():
    policy = RetryPolicy(attempts=100, base_delay=1)
    waits = [wait_before_next(n, policy, 0.0, math.inf, 0.9) for n in range(1, 8)]
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


@given(st.integers(1, 99), st.floats(0, 5), st.none() | st.floats(0, 60), st.floats(0, 1))
def test_no_policy_and_no_service_makes_calls_follow_at_once(attempt, delay, asked, chance):
    policy = RetryPolicy(attempts=100, base_delay=delay, max_delay=delay)
    assert wait_before_next(attempt, policy, asked, math.inf, chance) >= SHORTEST_WAIT


def test_no_wait_goes_past_the_deadline():
    assert wait_before_next(1, RetryPolicy(), 20.0, 19.0, 0.0) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "20", "retry-after": "3600"}, 0.02),
        ({"retry-after-ms": "soon", "retry-after": "2"}, 2.0),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"retry-after": "Sunday, 06-Nov-94 08:49:37 GMT"}, 0.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "\uff11\uff12"}, None),
        ({"retry-after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_in_every_form(headers, seconds):
    assert asked_wait(headers, NOW) == seconds


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_waited_for_and_a_past_one_is_now(seconds):
    wait = asked_wait({"retry-after": formatdate(NOW + seconds, usegmt=True)}, NOW)
    assert wait == max(0, seconds)


@given(st.text(max_size=150), st.text(max_size=150))
@example("9" * 150, "")
@example("", "1\x1c")
@example("Mon, 32 Foo 99999 99:99:99 +9999", "")
def test_any_text_gives_seconds_or_nothing(after, milliseconds):
    wait = asked_wait({"retry-after": after, "retry-after-ms": milliseconds}, NOW)
    assert wait is None or (wait >= 0 and math.isfinite(wait))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("12ms", 0.012),
        ("6m0s", 360.0),
        ("1h2m3.5s", 3723.5),
        ("2d", 172_800.0),
        ("20", 20.0),
        (" 1s ", 1.0),
        ("500us", 0.0005),
        ("500µs", 0.0005),
        ("3ns", 3e-9),
        ("", None),
        ("s", None),
        ("-1s", None),
        ("1 s", None),
        ("1y", None),
        ("1s" * 60, None),
    ],
)
def test_durations(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_a_duration_is_the_sum_of_its_parts(hours, minutes, seconds, milliseconds):
    text = f"{hours}h{minutes}m{seconds}s{milliseconds}ms"
    expected = hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    assert parse_duration(text) == pytest.approx(expected)


@given(st.text(max_size=150))
def test_any_text_gives_a_duration_or_nothing(text):
    seconds = parse_duration(text)
    assert seconds is None or (seconds >= 0 and math.isfinite(seconds))
