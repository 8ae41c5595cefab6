"""One request and its answer: bounded in time and size, and ended at once when canceled."""

from __future__ import annotations

import io
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import requests

from ..response import ApiResponse
from ..watch import Watch, raise_if_canceled
from .cleaning import clean
from .failure import Failure, explain
from .inflate import READABLE, inflate
from .limits import CHUNK_BYTES, CUT_SECONDS, MAX_HEADER_CHARACTERS, MEBIBYTE, POLL_SECONDS
from .way import Way
from .wire import Line, LineAdapter


@dataclass(frozen=True)
class Call:
    """What is sent, and within which bounds.

    Attributes:
        ends: when the exchange must be over, in seconds of the monotonic clock.
        bound: what sets that time, as shown in messages.
        max_bytes: the longest body that is read.
        allows: tells whether an IP address may be connected to.
        mask: takes secrets out of an answer before anybody sees it.
    """

    method: str
    url: str
    way: Way
    read_timeout: float
    ends: float
    bound: str
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    allows: Callable[[str], bool] = field(default=lambda address: True, repr=False)
    mask: Callable[[ApiResponse], ApiResponse] = field(default=lambda answer: answer, repr=False)


def exchange(call: Call, watch: Watch) -> ApiResponse | Failure:
    """Send `call` once; redirects are answers like any other.

    Every exchange has a connection of its own: one that was kept could have been closed by the
    service meanwhile, and nobody would know whether a request that broke on it was done.

    Raises:
        Canceled: the watch said so; the connection is cut and nothing is left running.
    """
    raise_if_canceled(watch)
    line = Line(call.allows, call.read_timeout)
    if call.ends <= time.monotonic():
        return _too_late(call, line)
    outcome: queue.SimpleQueue[ApiResponse | Failure] = queue.SimpleQueue()
    # Not kept alive at exit: a name server that does not answer cannot be interrupted.
    worker = threading.Thread(
        target=lambda: outcome.put(_send(call, line)), name="openai-images-call", daemon=True
    )
    worker.start()
    try:
        while True:
            raise_if_canceled(watch)
            remaining = call.ends - time.monotonic()
            if remaining <= 0:
                return _too_late(call, line)
            try:
                return outcome.get(timeout=min(POLL_SECONDS, remaining))
            except queue.Empty:
                continue
    finally:
        line.cut()
        worker.join(CUT_SECONDS)
        line.release()


def _send(call: Call, line: Line) -> ApiResponse | Failure:
    try:
        request = requests.Request(
            call.method, call.url, headers=dict(call.headers), data=call.body
        ).prepare()
        with closing(LineAdapter(line)) as adapter:
            response = adapter.send(
                request,
                stream=True,
                timeout=(call.way.connect_timeout, call.read_timeout),
                verify=call.way.bundle or True,
                cert=call.way.certificate or None,
                proxies=dict(call.way.proxies),
            )
            with closing(response):
                return _read(response, call)
    # Whatever requests, urllib3, ssl and http.client raise becomes a sentence: passed on, the
    # exception would carry the request, and so the key, with it.
    except Exception as error:  # noqa: BLE001
        return explain(error, line, call.way)


def _read(response: requests.Response, call: Call) -> ApiResponse | Failure:
    headers = {
        name.lower(): clean(value, MAX_HEADER_CHARACTERS)
        for name, value in response.headers.items()
    }
    encoding = headers.get("content-encoding", "").lower().replace("identity", "")
    if encoding and encoding not in READABLE:
        return Failure(
            f"{call.way.host} compressed its answer in a way that was not asked for. "
            "Check the gateway or proxy in front of the service.",
            has_sent=True,
        )
    announced = headers.get("content-length", "").strip()
    if announced.isdigit() and (len(announced) > 18 or int(announced) > call.max_bytes):
        return _too_large(call)
    chunks = iter(lambda: response.raw.read(CHUNK_BYTES, decode_content=False), b"")
    body = io.BytesIO()
    for chunk in inflate(chunks) if encoding else chunks:
        if body.tell() + len(chunk) > call.max_bytes:
            return _too_large(call)
        body.write(chunk)
    return ApiResponse(response.status_code, headers, body.getvalue())


def _too_large(call: Call) -> Failure:
    return Failure(
        f"What {call.way.host} sends is larger than {call.max_bytes // MEBIBYTE} MiB. "
        "Ask for fewer or smaller pictures, or check that the address is right.",
        has_sent=True,
        is_final=True,
    )


def _too_late(call: Call, line: Line) -> Failure:
    return Failure(
        f"{call.way.host} gave no complete answer within {call.bound}. "
        "Allow it more time if it is only slow.",
        has_sent=line.has_sent,
        is_final=True,
    )
