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
from .watching import Watcher

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

    with FaultServer(answers(429, b"", retry_after="12")) as server:
        calling = threading.Thread(target=call)
        calling.start()
        assert watcher.told.wait(10)
        watcher.stop.set()
        canceled_at = time.monotonic()
        calling.join(10)
    assert watcher.messages[0] == "429 rate limit; next try in 12 s, attempt 2 of 3"
    assert outcome[0] - canceled_at < CANCEL_SECONDS
    assert len(server.received) == 1


def test_failures_say_why_and_how_often_it_was_tried():
    watcher = Watcher()
    address = f"127.0.0.1:{closed_port()}"
    with pytest.raises(NoAnswer, match="Tried 3 times") as caught:
        post(connection(address), watcher)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert len(watcher.messages) == 2
    assert f"{address} refused the connection" in watcher.messages[0]
    assert "attempt 2 of 3" in watcher.messages[0]


def test_no_call_starts_after_the_deadline():
    policy = RetryPolicy(attempts=100, base_delay=4, max_delay=4, jitter=0, deadline=4)
    with FaultServer(answers(429)) as server:
        answer = post(connection(server.address, retry=policy), Watcher())
    assert answer.status == 429
    assert len(server.received) == 1


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
        assert watcher.told.wait(10)
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
        assert watcher.told.wait(10)
        watcher.stop.set()
        calling.join(CANCEL_SECONDS)
        assert not calling.is_alive()
    told = r"Keeping to the requests per minute; next call in (60|5\d) s"
    assert re.fullmatch(told, watcher.messages[0])
    assert len(server.received) == 1


def test_waiting_for_one_s_turn_does_not_use_up_the_deadline():
    policy = RetryPolicy(attempts=1, deadline=3.0, max_wait=5)
    exhausted = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "3500ms"}
    with FaultServer(answers(200, b"{}", **exhausted)) as server:
        transport = Transport(connection(server.address, retry=policy))
        transport.post_form("/a", [], [])
        assert transport.post_form("/b", [], []).status == 200


def _swallow_cancel(transport: Transport, watcher: Watcher) -> None:
    try:
        transport.post_form("/b", [], [], watcher)
    except Canceled:
        return
