"""One request: what travels, how it is bounded, and that canceling leaves nothing running."""

from __future__ import annotations

import os
import socket
import threading
import time

import pytest

from openai_images.errors import Canceled
from openai_images.response import ApiResponse
from openai_images.transport.exchange import Call, exchange
from openai_images.transport.failure import Failure
from openai_images.transport.way import way_to
from openai_images.watch import UNWATCHED

from ..faults.server import FaultServer, Peer, full_port
from .watching import Watcher

CANCEL_SECONDS = 2.0


def call_to(address: str, **fields) -> Call:
    url = f"http://{address}/v1"
    values = {
        "method": "POST",
        "url": url,
        "way": way_to(url, 30),
        "read_timeout": 30,
        "ends": time.monotonic() + 60,
        "bound": "the deadline",
        "max_bytes": 1000,
        **fields,
    }
    return Call(**values)


def test_a_request_is_http_1_1_with_its_length_and_a_connection_of_its_own():
    with FaultServer(lambda peer: (peer.read(), peer.answer(200, b"yes"))) as server:
        for _ in range(2):
            call = call_to(server.address, headers={"X-A": "1"}, body=b"12345")
            answer = exchange(call, UNWATCHED)
            assert isinstance(answer, ApiResponse)
            assert (answer.status, answer.body) == (200, b"yes")
    assert server.connections == 2
    assert {request.line for request in server.received} == {"POST /v1 HTTP/1.1"}
    assert {request.headers["content-length"] for request in server.received} == {"5"}
    assert all("transfer-encoding" not in request.headers for request in server.received)


def test_headers_come_by_lower_case_name_and_clean():
    def serve(peer: Peer) -> None:
        peer.read()
        peer.answer(200, b"", X_Request_ID="a\x1b[31mb")

    with FaultServer(serve) as server:
        answer = exchange(call_to(server.address), UNWATCHED)
    assert answer.headers["x-request-id"] == "a [31mb"
    assert answer.request_id == "a [31mb"


def test_a_body_may_have_the_most_bytes_and_not_one_more():
    for size, fits in ((1000, True), (1001, False)):
        for chunked in (False, True):
            body = b"x" * size

            def serve(peer: Peer, body: bytes = body, chunked: bool = chunked) -> None:
                peer.read()
                if chunked:
                    length = f"{len(body):x}".encode()
                    peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    peer.send(length + b"\r\n" + body + b"\r\n0\r\n\r\n")
                else:
                    peer.answer(200, body)

            with FaultServer(serve) as server:
                answer = exchange(call_to(server.address), UNWATCHED)
            assert isinstance(answer, ApiResponse) is fits


def _wait_for_answer(peer: Peer) -> None:
    peer.read()
    peer.server.started.set()
    peer.wait_until_left()


def _upload(peer: Peer) -> None:
    peer.read_head()
    peer.server.started.set()
    peer.server.stopping.wait()


def _download(peer: Peer) -> None:
    peer.read()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    peer.server.started.set()
    peer.drip(b"x" * 10)


def _handshake(peer: Peer) -> None:
    peer.sock.recv(1)
    peer.server.started.set()
    peer.server.stopping.wait()


@pytest.mark.parametrize(
    ("serve", "scheme"),
    [(_wait_for_answer, "http"), (_upload, "http"), (_download, "http"), (_handshake, "https")],
    ids=["waiting for the answer", "uploading", "downloading", "TLS handshake"],
)
def test_canceling_ends_a_call_and_its_connection(serve, scheme):
    watcher = Watcher()
    with FaultServer(serve, receive_buffer=4096) as server:
        server.started = threading.Event()
        url = f"{scheme}://{server.address}/v1"
        call = call_to(
            server.address,
            url=url,
            way=way_to(url, 30),
            body=os.urandom(20_000_000),
            max_bytes=10**9,
        )
        canceling = threading.Thread(target=_cancel_once_started, args=(server, watcher))
        canceling.start()
        with pytest.raises(Canceled):
            exchange(call, watcher)
        assert time.monotonic() - watcher.canceled_at < CANCEL_SECONDS
        canceling.join()
        assert _threads_of_calls() == 0
        server.stopping.set()
        assert server.gone.wait(5)


def _cancel_once_started(server: FaultServer, watcher: Watcher) -> None:
    server.started.wait(30)
    watcher.canceled_at = time.monotonic()
    watcher.stop.set()


def test_canceling_ends_a_connection_that_hangs():
    watcher = Watcher()

    def allows(address: str) -> bool:
        threading.Timer(0.3, watcher.stop.set).start()
        return True

    with full_port() as port:
        began = time.monotonic()
        with pytest.raises(Canceled):
            exchange(call_to(f"127.0.0.1:{port}", allows=allows), watcher)
    assert time.monotonic() - began < 0.3 + CANCEL_SECONDS
    assert _threads_of_calls() == 0


def test_nothing_is_sent_once_canceled_or_too_late():
    watcher = Watcher()
    watcher.stop.set()
    with FaultServer(lambda peer: peer.read()) as server:
        with pytest.raises(Canceled):
            exchange(call_to(server.address), watcher)
        failure = exchange(call_to(server.address, ends=time.monotonic()), UNWATCHED)
    assert isinstance(failure, Failure)
    assert not failure.has_sent
    assert server.connections == 0


def test_the_end_of_time_ends_a_call():
    with FaultServer(lambda peer: (peer.read(), peer.wait_until_left())) as server:
        began = time.monotonic()
        failure = exchange(call_to(server.address, ends=began + 0.5), UNWATCHED)
        assert server.gone.wait(5)
    assert isinstance(failure, Failure)
    assert failure.is_final
    assert "within the deadline" in failure.message
    assert _threads_of_calls() == 0


def test_sockets_are_given_back():
    with FaultServer(lambda peer: (peer.read(), peer.answer(200, b"yes"))) as server:
        exchange(call_to(server.address), UNWATCHED)
        before = _open_files()
        for _ in range(10):
            exchange(call_to(server.address), UNWATCHED)
            assert server.gone.wait(5)
            server.gone.clear()
    assert _open_files() <= before


def test_an_address_that_is_not_allowed_is_never_connected_to():
    asked = []

    def allows(address: str) -> bool:
        asked.append(address)
        return False

    with FaultServer(lambda peer: peer.read()) as server:
        call = call_to(f"localhost:{server.port}", allows=allows)
        failure = exchange(call, UNWATCHED)
    assert isinstance(failure, Failure)
    assert failure.is_final
    assert not failure.has_sent
    assert "127.0.0.1" in asked
    assert server.connections == 0


def test_the_address_that_was_judged_is_the_one_connected_to():
    """A name server that answers differently the second time is not asked a second time."""
    asked = []

    def allows(address: str) -> bool:
        asked.append(address)
        return address == "127.0.0.1"

    peers = []

    def serve(peer: Peer) -> None:
        peers.append(peer.sock.getsockname()[0])
        peer.read()
        peer.answer(200)

    with FaultServer(serve) as server:
        answer = exchange(call_to(f"localhost:{server.port}", allows=allows), UNWATCHED)
    assert isinstance(answer, ApiResponse)
    assert peers == ["127.0.0.1"]
    assert set(asked) <= {info[4][0] for info in socket.getaddrinfo("localhost", 80)}


def _threads_of_calls() -> int:
    return sum(thread.name == "openai-images-call" for thread in threading.enumerate())


def _open_files() -> int:
    sockets = 0
    for descriptor in range(256):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        sockets += 1
    return sockets
