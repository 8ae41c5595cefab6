"""One request: what travels, how it is bounded, and that canceling leaves nothing running."""

from __future__ import annotations

import gzip
import os
import socket
import threading
import time
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_images.errors import Canceled
from openai_images.response import ApiResponse
from openai_images.transport.exchange import HttpRequest, exchange, inflate
from openai_images.transport.failures import Failure
from openai_images.transport.limits import CHUNK_BYTES
from openai_images.transport.network import route_to
from openai_images.watch import UNWATCHED

from ..faults.server import FaultServer, Peer, full_port
from .watching import Metronome, Watcher, calls_left

CANCEL_SECONDS = 2.0


def request_to(address: str, **fields) -> HttpRequest:
    url = f"http://{address}/v1"
    values = {
        "method": "POST",
        "url": url,
        "route": route_to(url, 30),
        "read_timeout": 30,
        "seconds": 60,
        "deadline": 60,
        "max_bytes": 1000,
        **fields,
    }
    return HttpRequest(**values)


def test_a_request_is_http_1_1_with_its_length_and_a_connection_of_its_own():
    with FaultServer(lambda peer: (peer.read(), peer.answer(200, b"yes"))) as server:
        for _ in range(2):
            call = request_to(server.address, headers={"X-A": "1"}, body=b"12345")
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
        answer = exchange(request_to(server.address), UNWATCHED)
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
                answer = exchange(request_to(server.address), UNWATCHED)
            assert isinstance(answer, ApiResponse) is fits


@pytest.mark.parametrize(
    "length",
    [b"zz", b"", b"-5", b"0x5", b"5 5", b"\xff", b"+5", b"1_0", b"f" * 40, b"\xd9\xa1", b";x"],
)
def test_a_length_of_a_chunk_that_is_none_is_said_in_a_sentence(length):
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        peer.send(length + b"\r\n12345\r\n0\r\n\r\n")

    with FaultServer(serve) as server:
        answer = exchange(request_to(server.address), UNWATCHED)
    if isinstance(answer, Failure):
        assert "Error" not in answer.message
        assert "failed" not in answer.message
        assert answer.has_sent


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from([b"\r\n", b"5", b"-", b"x", b"\0", b":", b" ", b"12345", b"0", b"\n"]))
)
def test_any_chunks_give_an_answer_or_a_sentence(pieces):
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(pieces))

    with FaultServer(serve) as server:
        answer = exchange(request_to(server.address), UNWATCHED)
    if isinstance(answer, Failure):
        assert "Error" not in answer.message
        assert answer.has_sent


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
        call = request_to(
            server.address,
            url=url,
            route=route_to(url, 30),
            body=os.urandom(20_000_000),
            max_bytes=10**9,
        )
        canceling = threading.Thread(target=_cancel_once_started, args=(server, watcher))
        canceling.start()
        with Metronome() as machine, pytest.raises(Canceled):
            exchange(call, watcher)
        assert time.monotonic() - watcher.canceled_at < CANCEL_SECONDS + machine.late
        canceling.join()
        assert not calls_left()
        server.stopping.set()
        assert server.gone.wait(30)


def _cancel_once_started(server: FaultServer, watcher: Watcher) -> None:
    server.started.wait(30)
    watcher.canceled_at = time.monotonic()
    watcher.stop.set()


def test_canceling_ends_a_connection_that_hangs():
    watcher = Watcher()

    def allows(address: str) -> bool:
        threading.Timer(0.3, watcher.stop.set).start()
        return True

    with full_port() as port, Metronome() as machine:
        began = time.monotonic()
        with pytest.raises(Canceled):
            exchange(request_to(f"127.0.0.1:{port}", allows=allows), watcher)
        seconds = time.monotonic() - began
    assert seconds < 0.3 + CANCEL_SECONDS + machine.late
    assert not calls_left()


def test_nothing_is_sent_once_canceled_or_too_late():
    watcher = Watcher()
    watcher.stop.set()
    with FaultServer(lambda peer: peer.read()) as server:
        with pytest.raises(Canceled):
            exchange(request_to(server.address), watcher)
        failure = exchange(request_to(server.address, seconds=0), UNWATCHED)
    assert isinstance(failure, Failure)
    assert not failure.has_sent
    assert server.connections == 0


def test_the_end_of_time_ends_a_call():
    with FaultServer(lambda peer: (peer.read(), peer.wait_until_left())) as server:
        failure = exchange(request_to(server.address, seconds=0.5), UNWATCHED)
        assert server.gone.wait(30)
    assert isinstance(failure, Failure)
    assert failure.is_final
    assert "within the 60 s allowed" in failure.message
    assert not calls_left()


def test_a_service_may_take_longer_to_answer_than_to_connect():
    def serve(peer: Peer) -> None:
        peer.read()
        peer.server.stopping.wait(0.6)
        peer.answer(200, b"yes")

    with FaultServer(serve) as server:
        route = route_to(f"http://{server.address}", 0.3)
        answer = exchange(request_to(server.address, route=route), UNWATCHED)
    assert isinstance(answer, ApiResponse)


def test_a_service_may_be_silent_for_the_read_timeout_and_no_longer():
    with FaultServer(lambda peer: (peer.read(), peer.wait_until_left())) as server:
        failure = exchange(request_to(server.address, read_timeout=0.2, seconds=20), UNWATCHED)
    assert isinstance(failure, Failure)
    assert "was silent for 0.2 s (read timeout)" in failure.message


def test_sockets_are_given_back():
    with FaultServer(lambda peer: (peer.read(), peer.answer(200, b"yes"))) as server:
        exchange(request_to(server.address), UNWATCHED)
        before = _open_files()
        for _ in range(10):
            exchange(request_to(server.address), UNWATCHED)
            assert server.gone.wait(30)
            server.gone.clear()
    assert _open_files() <= before


def test_an_address_that_is_not_allowed_is_never_connected_to():
    asked = []

    def allows(address: str) -> bool:
        asked.append(address)
        return False

    with FaultServer(lambda peer: peer.read()) as server:
        call = request_to(f"localhost:{server.port}", allows=allows)
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
        answer = exchange(request_to(f"localhost:{server.port}", allows=allows), UNWATCHED)
    assert isinstance(answer, ApiResponse)
    assert peers == ["127.0.0.1"]
    assert set(asked) <= {info[4][0] for info in socket.getaddrinfo("localhost", 80)}


def cut(data: bytes, length: int) -> list[bytes]:
    return [data[start : start + length] for start in range(0, len(data), length)]


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=4), st.integers(1, 500))
def test_any_number_of_members_in_any_pieces(parts, length):
    packed = b"".join(gzip.compress(part) for part in parts)
    assert b"".join(inflate(cut(packed, length))) == b"".join(parts)


@given(st.binary(max_size=2000), st.integers(1, 500))
def test_a_zlib_stream(data, length):
    assert b"".join(inflate(cut(zlib.compress(data), length))) == data


def test_a_bomb_comes_in_small_pieces():
    pieces = list(inflate([gzip.compress(bytes(10_000_000))]))
    assert max(map(len, pieces)) <= CHUNK_BYTES
    assert sum(map(len, pieces)) == 10_000_000


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(b"x" * 100)[:-9], b"", b"plain text", gzip.compress(b"x") + b"garbage"],
    ids=["cut off", "empty", "not compressed", "followed by garbage"],
)
def test_what_cannot_be_unpacked(packed):
    with pytest.raises(zlib.error):
        list(inflate([packed]))


@given(st.binary())
def test_any_bytes_give_pieces_or_that_error(data):
    try:
        assert all(len(piece) <= CHUNK_BYTES for piece in inflate([data]))
    except zlib.error:
        return


def _open_files() -> int:
    sockets = 0
    for descriptor in range(256):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        sockets += 1
    return sockets
