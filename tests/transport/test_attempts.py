"""The retry policy at work: what is told, what is logged, what is obeyed."""

from __future__ import annotations

import logging
import re
import threading
import time

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import Canceled, NoAnswer
from openai_images.options import RetryPolicy
from openai_images.transport import Transport
from openai_images.transport.attempts import LOG

from ..faults.fault import answers, in_turn
from ..faults.server import FaultServer, closed_port
from .clock import DrivenClock
from .watching import Metronome, Watcher

CANCEL_SECONDS = 1.0
FAST = RetryPolicy(attempts=3, base_delay=0.01, max_delay=0.02, deadline=30)


def connection(address: str, **fields) -> Connection:
    values = {"retry": FAST, **fields}
    return Connection(service=ServiceKind.COMPATIBLE, base_url=f"http://{address}/v1", **values)


def post(connection: Connection, watcher: Watcher):
    transport = Transport(connection)
    return transport.post_form("/images/variations?user=someone", [("n", "1")], [], watcher)


def test_a_wait_is_told_and_logged(caplog):
    caplog.set_level(logging.DEBUG)
    watcher = Watcher()
    throttled = answers(429, b"secret body", retry_after="1", x_request_id="req_1")
    with FaultServer(in_turn(throttled, answers(200, b"{}", x_request_id="req_2"))) as server:
        post(connection(server.address), watcher)
    assert watcher.messages == ["429 rate limit; next try in 1 s, attempt 2 of 3"]
    own = [record.getMessage() for record in caplog.records if record.name == "openai_images"]
    url = f"http://{server.address}/v1/images/variations"
    assert own == [
        f"POST {url}: 429, request id req_1",
        "429 rate limit; next try in 1 s, attempt 2 of 3",
        f"POST {url}: 200, request id req_2",
    ]
    assert {record.name for record in caplog.records} == {"openai_images"}


@pytest.mark.parametrize(
    ("first", "unbilled"),
    [(answers(429, b""), 1), (answers(503, b"", retry_after="0"), 0)],
    ids=["throttled", "overloaded"],
)
def test_a_try_that_cost_nothing_is_told_before_the_wait(first, unbilled):
    watcher = Watcher()
    with FaultServer(in_turn(first, answers(200, b"{}"))) as server:
        post(connection(server.address), watcher)
    assert (watcher.sent, watcher.unbilled) == (2, unbilled)


def test_without_a_handler_nothing_is_printed(capfd):
    LOG.warning("not shown")
    assert any(isinstance(handler, logging.NullHandler) for handler in LOG.handlers)


def test_libraries_that_log_whole_addresses_are_quiet():
    for name in ("urllib3", "urllib3.connectionpool", "requests"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING


def test_a_longer_wait_counts_down_until_it_is_canceled():
    watcher = Watcher()
    outcome = []

    def call() -> None:
        try:
            post(connection(server.address), watcher)
        except Canceled:
            outcome.append(time.monotonic())

    with FaultServer(answers(429, b"", retry_after="12")) as server, Metronome() as machine:
        calling = threading.Thread(target=call)
        calling.start()
        assert watcher.told.wait(30)
        watcher.stop.set()
        canceled_at = time.monotonic()
        calling.join(30)
    assert watcher.messages[0] == "429 rate limit; next try in 12 s, attempt 2 of 3"
    assert outcome[0] - canceled_at < CANCEL_SECONDS + machine.late
    assert len(server.received) == 1


def test_failures_say_why_and_how_often_it_was_tried():
    watcher = Watcher()
    with closed_port() as port, pytest.raises(NoAnswer, match="Tried 3 times") as caught:
        post(connection(f"127.0.0.1:{port}"), watcher)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert len(watcher.messages) == 2
    assert f"127.0.0.1:{port} refused the connection" in watcher.messages[0]
    assert "attempt 2 of 3" in watcher.messages[0]


def on_a_driven_clock(server: FaultServer, **fields):
    """What came of a POST, and how many seconds of the clock it took."""
    clock = DrivenClock()
    transport = Transport(connection(server.address, **fields), clock=clock)
    return transport.post_form("/images/variations", [("n", "1")], []), clock.slept


def test_no_call_starts_after_the_deadline():
    policy = RetryPolicy(attempts=100, base_delay=4, max_delay=4, jitter=0, deadline=10)
    with FaultServer(answers(429)) as server:
        answer, waited = on_a_driven_clock(server, retry=policy)
    assert answer.status == 429
    assert (len(server.received), waited) == (3, pytest.approx(8))


def test_the_deadline_bounds_calls_and_waits_whatever_the_service_asks_for():
    exhausted = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "9s"}
    policy = RetryPolicy(attempts=5, deadline=3)
    for asked in ({"retry_after": "0"}, {}):
        with FaultServer(answers(429, **exhausted, **asked)) as server:
            answer, waited = on_a_driven_clock(server, retry=policy)
        assert answer.status == 429
        assert waited <= 3


def test_what_the_service_asks_for_goes_before_its_reset():
    exhausted = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "12s"}
    throttled = answers(429, retry_after_ms="50", **exhausted)
    with FaultServer(in_turn(throttled, answers(200, b"{}"))) as server:
        answer, waited = on_a_driven_clock(server)
    assert answer.status == 200
    assert waited == pytest.approx(0.05)


def test_at_once_is_not_meant_a_hundred_times():
    policy = RetryPolicy(attempts=100, deadline=900)
    with FaultServer(answers(429, retry_after="0")) as server:
        _, waited = on_a_driven_clock(server, retry=policy)
    assert len(server.received) == 100
    assert waited > 90


def test_a_hold_longer_than_the_deadline_ends_the_next_call_before_it_is_sent():
    policy = RetryPolicy(attempts=1, deadline=3.0)
    exhausted = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "9s"}
    with FaultServer(answers(200, b"{}", **exhausted)) as server:
        transport = Transport(connection(server.address, retry=policy), clock=DrivenClock())
        transport.post_form("/a", [], [])
        with pytest.raises(NoAnswer, match=r"no calls for another 9 s .* 3 s allowed") as caught:
            transport.post_form("/b", [], [])
    assert not caught.value.may_be_billed
    assert len(server.received) == 1


def test_five_jobs_at_one_per_minute_take_four_minutes():
    clock = DrivenClock()
    with FaultServer(answers(200, b"{}")) as server:
        patient = RetryPolicy(deadline=10)
        transport = Transport(
            connection(server.address, retry=patient, requests_per_minute=1), clock=clock
        )
        for _ in range(5):
            assert transport.post_form("/a", [], []).status == 200
    assert clock.slept == pytest.approx(240)


def test_sessions_of_one_service_and_credential_share_the_limit():
    clock = DrivenClock()
    with FaultServer(answers(200, b"{}")) as server:
        for _ in range(5):
            one = connection(server.address, requests_per_minute=1, credential="k")
            Transport(one, clock=clock).post_form("/a", [], [])
        other = connection(server.address, requests_per_minute=1, credential="other")
        Transport(other, clock=clock).post_form("/a", [], [])
    assert clock.slept == pytest.approx(240)


def test_a_get_costs_nothing_and_is_repeated_after_any_break():
    with FaultServer(in_turn(answers(500), answers(502), answers(200, b"[]"))) as server:
        answer = Transport(connection(server.address)).get("/models")
    assert answer.status == 200
    assert len(server.received) == 3


def test_what_one_thread_is_told_holds_all_of_them():
    policy = RetryPolicy(attempts=2, deadline=30)
    arrived = []

    def serve(peer) -> None:
        peer.read()
        arrived.append(time.monotonic())
        peer.answer(429 if len(arrived) == 1 else 200, b"{}", retry_after="1")

    watcher = Watcher()
    with FaultServer(serve) as server:
        transport = Transport(connection(server.address, retry=policy))
        first = threading.Thread(target=transport.post_form, args=("/a", [], [], watcher))
        first.start()
        assert watcher.told.wait(30)
        transport.post_form("/b", [], [])
        first.join(10)
    assert arrived[1] - arrived[0] > 0.8
    assert len(arrived) == 3


def test_requests_per_minute_hold_back_until_canceled():
    watcher = Watcher()
    with FaultServer(answers(200, b"{}")) as server:
        transport = Transport(connection(server.address, requests_per_minute=1))
        transport.post_form("/a", [], [])
        calling = threading.Thread(target=_swallow_cancel, args=(transport, watcher))
        calling.start()
        assert watcher.told.wait(30)
        watcher.stop.set()
        calling.join(30)
        assert not calling.is_alive()
    told = r"Keeping to the requests per minute; next call in (60|5\d) s"
    assert re.fullmatch(told, watcher.messages[0])
    assert len(server.received) == 1


def _swallow_cancel(transport: Transport, watcher: Watcher) -> None:
    try:
        transport.post_form("/b", [], [], watcher)
    except Canceled:
        return
