"""Requests per minute, on a clock of the test's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.transport.pace import Pace


def test_no_limit_never_waits():
    pace = Pace(0, longest_hold=60)
    assert all(pace.start(0.0) == 0 for _ in range(1000))


def test_the_next_call_waits_until_the_oldest_is_a_minute_ago():
    pace = Pace(2, longest_hold=60)
    assert pace.start(0.0) == 0
    assert pace.start(10.0) == 0
    assert pace.start(20.0) == 40
    assert pace.start(60.0) == 0
    assert pace.start(60.0) == 10


@given(st.integers(1, 5), st.lists(st.floats(0, 30), max_size=60))
def test_never_more_than_the_limit_in_any_minute(limit, gaps):
    pace = Pace(limit, longest_hold=60)
    now, starts = 0.0, []
    for gap in gaps:
        now += gap
        while wait := pace.start(now):
            assert 0 < wait <= 60 + 1e-6
            now += wait
        starts.append(now)
    for first, last in zip(starts, starts[limit:], strict=False):
        assert last - first >= 60 - 1e-6


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_nothing_left_holds_until_the_reset(kind):
    pace = Pace(0, longest_hold=400)
    headers = {f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"}
    pace.learn(headers, 100.0)
    assert pace.start(101.0) == 359
    assert pace.start(460.0) == 0


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
    pace = Pace(0, longest_hold=60)
    pace.learn(headers, 0.0)
    assert pace.start(0.0) == 0


def test_a_shorter_hold_does_not_end_a_longer_one():
    pace = Pace(0, longest_hold=60)
    pace.hold(30, now=0.0)
    pace.hold(5, now=0.0)
    assert pace.start(10.0) == 20
