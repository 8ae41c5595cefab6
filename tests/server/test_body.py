"""Bodies that are too large, too slow, or never end; told over a plain socket."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import urlsplit

import pytest

from openai_images.server.settings import Limits, Settings

PATH = "/v1/images/variations"


@pytest.fixture(scope="module")
def narrow(start):
    """A server that takes small bodies."""
    with start(Settings(port=0, workers=1, limits=Limits(body_bytes=100_000))) as url:
        yield url


@pytest.fixture(scope="module")
def hasty(start):
    """A server that does not wait long for a body."""
    with start(Settings(port=0, workers=1, limits=Limits(body_seconds=0.4))) as url:
        yield url


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def head(length: str | None, path: str = PATH, **headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", "Content-Type: multipart/form-data"]
    lines += [f"Content-Length: {length}"] if length else ["Transfer-Encoding: chunked"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer(connection: socket.socket) -> tuple[int, dict]:
    """Status and error of the answer; reads until the server hangs up or the body is whole."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536) or pytest.fail(f"hung up after {received!r}")
    top, _, body = received.partition(b"\r\n\r\n")
    length = int(top.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65_536) or pytest.fail(f"hung up after {body!r}")
    return int(top.split()[1]), json.loads(body)["error"]


def drip(connection: socket.socket) -> None:
    for _ in range(1500):
        connection.sendall(b"x")
        time.sleep(0.02)


def closes(connection: socket.socket) -> bool:
    return connection.recv(1) == b""


def test_an_announced_size_above_the_limit_is_refused_and_the_answer_arrives(narrow):
    with connect(narrow) as connection:
        connection.sendall(head("150000"))
        connection.sendall(b"x" * 150_000)
        status, error = answer(connection)
    assert (status, error["code"]) == (413, "request_too_large")
    assert "100,000 bytes" in error["message"]


def test_a_huge_announced_size_is_not_waited_for(narrow):
    with connect(narrow) as connection:
        connection.sendall(head(str(10**15)))
        status, error = answer(connection)
        assert (status, error["code"]) == (413, "request_too_large")
        assert closes(connection)


def test_a_chunked_body_is_counted_as_it_comes(narrow):
    with connect(narrow) as connection:
        connection.sendall(head(None))
        for _ in range(11):
            connection.sendall(b"2710\r\n" + b"x" * 10_000 + b"\r\n")
        connection.sendall(b"0\r\n\r\n")
        status, error = answer(connection)
    assert (status, error["code"]) == (413, "request_too_large")


def test_a_body_that_stops_is_given_up(hasty):
    with connect(hasty) as connection:
        connection.sendall(head("50000") + b"x" * 100)
        status, error = answer(connection)
        assert (status, error["code"]) == (408, "request_timeout")
        assert closes(connection)


def test_a_body_that_drips_is_given_up_too(hasty):
    """Each byte comes in time, the whole does not; the server hangs up on the one who drips on."""
    began = time.monotonic()
    with connect(hasty) as connection:
        connection.sendall(head("50000"))
        with pytest.raises(OSError, match=r"reset|Broken pipe|abort"):
            drip(connection)
    assert time.monotonic() - began < 20


def test_a_refusal_before_the_body_lets_the_client_finish(narrow):
    with connect(narrow) as connection:
        connection.sendall(head("80000", "/v1/unknown") + b"x" * 40_000)
        connection.sendall(b"x" * 40_000)
        assert answer(connection)[0] == 404


def test_a_client_that_asks_first_is_refused_at_once(narrow):
    with connect(narrow) as connection:
        connection.sendall(head("150000", Expect="100-continue"))
        assert answer(connection)[0] == 413


def test_a_client_that_leaves_in_the_middle_frees_its_place(start, png):
    with start(Settings(port=0, workers=1, queue=0)) as url:
        with connect(url) as connection:
            connection.sendall(head("50000") + b"x" * 100)
        for _ in range(1500):
            with connect(url) as connection:
                connection.sendall(head("1") + b"x")
                status, error = answer(connection)
            if status != 429:
                break
            time.sleep(0.02)
    assert (status, error["code"]) == (400, "invalid_multipart_form")
