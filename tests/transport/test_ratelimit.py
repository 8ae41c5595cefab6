"""Requests per minute, on a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.transport.ratelimit import RateLimit


def test_no_limit_never_waits():
    rate_limit = RateLimit(0, longest_hold=60)
    assert all(rate_limit.start(0.0) == 0 for _ in range(1000))


def test_the_next_call_waits_until_the_oldest_is_a_minute_ago():
    rate_limit = RateLimit(2, longest_hold=60)
    assert rate_limit.start(0.0) == 0
    assert rate_limit.start(10.0) == 0
    assert rate_limit.start(20.0) == 40
    assert rate_limit.start(60.0) == 0
    assert rate_limit.start(60.0) == 10


@given(st.integers(1, 5), st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_limit_in_any_minute(limit, gaps):
    rate_limit = RateLimit(limit, longest_hold=60)
    now, starts = 0.0, []
    for gap in gaps:
        now += gap
        while wait := rate_limit.start(now):
            assert 0 < wait <= 60 + 1e-6
            now += wait
        starts.append(now)
    for first, last in zip(starts, starts[limit:], strict=False):
        assert last - first >= 60 - 1e-6


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_nothing_left_holds_until_the_reset(kind):
    rate_limit = RateLimit(0, longest_hold=400)
    headers = {f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"}
    rate_limit.learn(headers, 100.0)
    assert rate_limit.start(101.0) == 359
    assert rate_limit.start(460.0) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1m"},
        {"x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "later"},
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "23h"},
    ],
    ids=["silent", "some left", "no reset", "reset unreadable", "longer than is believed"],
)
def test_other_headers_hold_nobody(headers):
    rate_limit = RateLimit(0, longest_hold=60)
    rate_limit.learn(headers, 0.0)
    assert rate_limit.start(0.0) == 0


def test_a_shorter_hold_does_not_end_a_longer_one():
    rate_limit = RateLimit(0, longest_hold=60)
    rate_limit.hold(30, now=0.0)
    rate_limit.hold(5, now=0.0)
    assert rate_limit.start(10.0) == 20
