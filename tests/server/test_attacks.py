"""Who comes with bad intentions, over real sockets: the others are served all the same."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st

from openai_images.server.keys import KeyRing
from openai_images.server.protocol import protocol_class
from openai_images.server.run import listen
from openai_images.server.settings import Limits, Settings

# OpenAI retired the call at its own address, so its client warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")

KEY = "a-key-of-the-tests-1"
PATIENCE = 30.0


def connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)


def body_begun(url: str, announced: int, sent: int) -> socket.socket:
    """A connection on which a body has stopped in the middle."""
    connection = connect(url)
    head = (
        "POST /v1/images/variations HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {announced}\r\n\r\n"
    )
    connection.sendall(head.encode() + b"x" * sent)
    return connection


def answered(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer with a length, or of one that ends with hanging up."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536) or pytest.fail(f"hung up after {received!r}")
    top, _, body = received.partition(b"\r\n\r\n")
    lines = top.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536) or pytest.fail(f"hung up after {body!r}")
    return int(lines[0].split()[1]), headers, body


def is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def health(url: str) -> dict:
    with urllib.request.urlopen(f"{url}/health", timeout=PATIENCE) as answer:
        return json.load(answer)


def client(url: str, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)


def test_bodies_that_stop_in_the_middle_hold_no_places(start, png):
    with start(Settings(port=0, workers=1, queue=0)) as url, ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(body_begun(url, 1_000_000, 500_000))
        assert health(url)["free"] == 1
        with client(url) as caller:
            assert caller.images.create_variation(image=png, size="256x256").data[0].url


def test_the_body_that_stopped_first_makes_room_for_others(start):
    small = Settings(port=0, workers=1, bodies_bytes=1_000_000)
    with start(small) as url:
        with body_begun(url, 900_000, 600_000) as slow, body_begun(url, 600_000, 600_000) as quick:
            status, headers, body = answered(slow)
            assert (status, json.loads(body)["error"]["code"]) == (503, "server_busy")
            assert int(headers["retry-after"]) >= 1
            assert is_closed(slow)
            assert answered(quick)[0] == 400
        with body_begun(url, 1_100_000, 1_100_000) as large:  # more than all the room there is
            assert answered(large)[0] == 503
        with body_begun(url, 900_000, 900_000) as later:  # the room was given back
            assert answered(later)[0] == 400


def test_idle_connections_lock_nobody_out(start, png):
    few = Settings(port=0, workers=1, connections=12, idle_connections=8, keys=KeyRing([KEY]))
    with start(few) as url, ExitStack() as stack:
        idle = [stack.enter_context(connect(url)) for _ in range(30)]
        assert health(url)["status"] == "ok"
        with client(url, KEY) as caller:
            assert caller.images.create_variation(image=png, size="256x256").data[0].url
        assert all(is_closed(connection) for connection in idle[:20])


@contextmanager
def busy(url: str, png: bytes, count: int):
    """As many calls at work, which end with the block."""
    form = (
        b'--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n10\r\n'
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    )
    body = form + png + b"\r\n--b--\r\n"
    capacity = health(url)["capacity"]
    end = time.monotonic() + PATIENCE
    with ExitStack() as stack:
        while (at_work := capacity - health(url)["free"]) < count and time.monotonic() < end:
            connection = stack.enter_context(body_begun(url, len(body), 0))
            connection.sendall(body)
            # A question before the call is at work may push it out: then another is sent.
            while not hung_up(connection) and capacity - health(url)["free"] == at_work:
                time.sleep(0.01)
        yield


def hung_up(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return is_closed(connection)
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(PATIENCE)


def test_where_all_connections_are_at_work_the_next_is_told_so_and_health_answers(start, png):
    few = Settings(port=0, workers=1, connections=2, idle_connections=2)
    with start(few) as url, busy(url, png, 2):
        with connect(url) as connection:
            connection.sendall(b"GET /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n")
            status, headers, body = answered(connection)
        assert (status, json.loads(body)["error"]["code"]) == (503, "too_many_connections")
        assert int(headers["retry-after"]) >= 1
        assert health(url)["free"] == few.capacity - 2
        with ExitStack() as stack:
            many = [stack.enter_context(connect(url)) for _ in range(10)]
            assert is_closed(many[0])
            assert health(url)["status"] == "ok"


@contextmanager
def answering_much(read_seconds: float):
    """In place of the application, one whose answer no kernel buffers whole.

    Gives the address, and what is set once a connection has ended.
    """
    gone = threading.Event()

    async def app(scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": bytes(64 * 2**20)})

    settings = Settings(port=0, limits=Limits(read_seconds=read_seconds))

    class Watched(protocol_class(settings)):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            gone.set()

    listener = listen(settings)
    config = uvicorn.Config(app, http=Watched, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname(), gone
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def read_some(connection: socket.socket, least: int) -> None:
    while least > 0:
        least -= len(connection.recv(2**20)) or pytest.fail("hung up on one who reads")


@pytest.mark.parametrize("taken", [0, 200_000])
def test_an_answer_that_is_not_read_is_given_up(taken):
    with (
        answering_much(read_seconds=0.5) as (address, gone),
        socket.create_connection(address, timeout=PATIENCE) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        read_some(connection, taken)
        assert gone.wait(PATIENCE)


def test_who_reads_gets_the_whole_answer():
    with (
        answering_much(read_seconds=PATIENCE) as (address, gone),
        socket.create_connection(address, timeout=PATIENCE) as connection,
    ):
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        read_some(connection, 64 * 2**20)
        assert not gone.is_set()


def assert_are_envelopes(received: bytes) -> None:
    """One answer behind the other, each of them a refusal."""
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        assert re.match(rb"HTTP/1\.1 [45]\d\d ", head)
        assert b"content-type: application/json" in head.lower()
        length = int(re.search(rb"content-length: (\d+)", head.lower())[1])
        assert json.loads(rest[:length])["error"]["message"]
        received = rest[length:]


def everything(url: str, sent: bytes) -> bytes:
    """What comes until the server hangs up or the answer is whole."""
    with connect(url) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        received = b""
        while piece := connection.recv(65_536):
            received += piece
        return received


@pytest.mark.parametrize(
    "sent",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/one\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nNo colon\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000,
    ],
)
def test_what_is_no_http_is_answered_in_the_envelope(address, sent):
    received = everything(address, sent)
    assert received
    assert_are_envelopes(received)


@pytest.mark.parametrize("length", [b"ZZ", b"-1", b"0x10", b"", b"f" * 30])
def test_a_junk_length_of_a_chunk_is_answered_in_the_envelope(address, length):
    with connect(address) as connection:
        connection.sendall(
            b"POST /v1/images/variations HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n" + length + b"\r\n"
        )
        status, headers, body = answered(connection)
    assert (status, headers["content-type"]) == (400, "application/json")
    assert json.loads(body)["error"]["code"] == "invalid_http_request"


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_head_is_answered_in_the_envelope_or_hung_up_on(address, junk):
    assert_are_envelopes(everything(address, junk + b"\r\n\r\n"))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_bodies_of_many_callers_stay_within_bounds():
    """18 bodies of 16 MB, all but their last bytes."""
    with serving() as (process, url), ExitStack() as stack:
        with ThreadPoolExecutor(18) as callers:
            sent = callers.map(lambda _: stalled(url), range(18))
            for connection in sent:
                stack.enter_context(connection)
        assert health(url)["status"] == "ok"
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    assert peak < 330, peak


def stalled(url: str) -> socket.socket:
    size = 16 * 2**20 - 1000
    connection = body_begun(url, size, 0)
    with suppress(ConnectionError):  # pushed out by another
        connection.sendall(bytes(size - 10))
    return connection


@contextmanager
def serving(*options: str):
    command = [sys.executable, "-m", "openai_images.cli", "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            port = json.loads(process.stdout.readline())["port"]
            yield process, f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.skipif(sys.platform != "linux", reason="bounds another process's files")
def test_a_full_disk_is_said_so_and_leaves_nothing(png, tmp_path):
    """No file may grow beyond some bytes, which the kernel enforces as it does a full disk."""
    import resource

    folder = tmp_path / "results"
    with serving("--results-dir", str(folder)) as (process, url), client(url) as caller:
        _, most = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (20_000, most))
        with pytest.raises(openai.InternalServerError) as full:
            caller.images.create_variation(image=png, size="256x256", n=2)
        assert (full.value.status_code, full.value.code) == (503, "result_store_full")
        assert int(full.value.response.headers["retry-after"]) >= 1
        assert list(folder.iterdir()) == []
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (most, most))
        assert caller.images.create_variation(image=png, size="256x256").data[0].url
        assert [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())] == [
            0o700,
            0o600,
        ]


@pytest.mark.thorough
def test_openais_client_loses_no_call_on_the_defaults(start, png):
    with (
        start(Settings(port=0, workers=2)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=2) as caller,
        ThreadPoolExecutor(16) as callers,
    ):
        fields = {"image": png, "size": "256x256"}
        calls = [callers.submit(caller.images.create_variation, **fields) for _ in range(40)]
        assert all(call.result().data[0].url for call in calls)
