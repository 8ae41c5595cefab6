"""Connections that never say what they want."""

from __future__ import annotations

import socket
import time
import urllib.request
from urllib.parse import urlsplit

import pytest

from openai_images.server.settings import Limits, Settings


@pytest.fixture(scope="module")
def impatient(start):
    """A server that waits a moment for a request's head, though longer than a busy machine does."""
    with start(Settings(port=0, workers=1, limits=Limits(head_seconds=1))) as url:
        urllib.request.urlopen(f"{url}/health").close()
        yield url


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=30)


def drip(connection: socket.socket) -> None:
    for _ in range(1500):
        connection.sendall(b"x")
        time.sleep(0.02)


@pytest.mark.parametrize("beginning", [b"", b"GET /health HT", b"GET /health HTTP/1.1\r\nX: "])
def test_a_head_that_does_not_come_ends_the_connection(impatient, beginning):
    with connect(impatient) as connection:
        connection.sendall(beginning)
        assert connection.recv(1) == b""


def test_a_head_that_drips_ends_the_connection(impatient):
    with connect(impatient) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nX: ")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            drip(connection)


def test_the_second_head_on_a_connection_is_timed_too(impatient):
    request = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with connect(impatient) as connection:
        connection.sendall(request)
        answer = b""
        while not answer.endswith(b"}"):
            answer += connection.recv(65_536) or pytest.fail(f"hung up after {answer!r}")
        connection.sendall(request[:20])
        assert connection.recv(1) == b""


def test_a_head_that_is_too_long_is_a_bad_request(impatient):
    with connect(impatient) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nX: " + b"x" * 40_000)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400")


def test_a_working_connection_is_left_alone(impatient, png):
    """A body may take longer than the head may."""
    boundary = b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n'
    body = boundary + b"0\r\n--b--\r\n"
    with connect(impatient) as connection:
        connection.sendall(
            b"POST /v1/images/variations HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        time.sleep(1.2)
        connection.sendall(body)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 400")
