"""One request and its answer: bounded in time and size, and ended at once when canceled."""

from __future__ import annotations

import queue
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse

from ..addresses import literal_address
from ..response import ApiResponse
from ..text import one_line
from ..watch import POLL_SECONDS, Watch, raise_if_canceled
from .failures import Failure, explain, refused
from .limits import CHUNK_BYTES, CUT_SECONDS, MAX_HEADER_CHARACTERS, MEBIBYTE
from .network import NetworkRoute
from .sockets import Dialer, opened
from .threads import KeptThreads

_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate"})
# zlib's window of 32 KiB, with the header of gzip or of zlib, whichever comes.
_ANY_HEADER = 32 + zlib.MAX_WBITS

_THREADS: KeptThreads[ApiResponse | Failure] = KeptThreads("openai-images-call")


@dataclass(frozen=True)
class HttpRequest:
    """What is sent, how, and within which bounds.

    Attributes:
        read_timeout: seconds that sending, and each wait for a byte, may take.
        seconds: how long the exchange may take.
        deadline: how long it and those before it may take together, as shown in messages.
        max_bytes: the longest body that is read.
        allows: tells whether an IP address may be connected to.
        connected: told the address that was.
    """

    method: str
    url: str
    route: NetworkRoute
    read_timeout: float
    seconds: float
    deadline: float
    max_bytes: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    allows: Callable[[str], bool] = field(default=lambda address: True, repr=False)
    connected: Callable[[str], None] = field(default=lambda address: None, repr=False)


def exchange(request: HttpRequest, watch: Watch) -> ApiResponse | Failure:
    """Send `request` once; redirects are answers like any other.

    Every exchange has a connection of its own: one that was kept could have been closed by the
    service meanwhile, and nobody would know whether a request that broke on it was done.

    Raises:
        Canceled: the watch said so; the connection is cut and nothing is left running.
    """
    raise_if_canceled(watch)
    dialer = Dialer(request.allows, request.connected, request.read_timeout)
    ends = time.monotonic() + request.seconds
    if request.seconds <= 0:
        return _too_late(request, dialer)
    address = literal_address(urlsplit(request.url).hostname or "")
    if request.route.proxy_url and address and not request.allows(address):
        # A name is looked up by the proxy, which is its affair.
        return refused(request.route, address)
    outcome = _THREADS.run(lambda: _send(request, dialer))
    is_over = False
    try:
        while True:
            raise_if_canceled(watch)
            remaining = ends - time.monotonic()
            if remaining <= 0:
                return _too_late(request, dialer)
            with suppress(queue.Empty):
                answer = outcome.get(timeout=min(POLL_SECONDS, remaining))
                is_over = True
                return answer
    finally:
        if not is_over:
            dialer.cut()
            with suppress(queue.Empty):
                outcome.get(timeout=CUT_SECONDS)
        dialer.release()


def _send(request: HttpRequest, dialer: Dialer) -> ApiResponse | Failure:
    try:
        with opened(
            request.method, request.url, request.route, dialer, request.headers, request.body
        ) as response:
            return _read(response, request)
    # Whatever urllib3, ssl and http.client raise becomes a sentence: passed on, the
    # exception would carry the request, and so the key, with it.
    except Exception as error:  # noqa: BLE001
        return explain(error, dialer, request.route)


def _read(response: BaseHTTPResponse, request: HttpRequest) -> ApiResponse | Failure:
    headers = {
        name.lower(): one_line(response.headers[name], MAX_HEADER_CHARACTERS)
        for name in response.headers
    }
    encoding = headers.get("content-encoding", "").lower().replace("identity", "")
    if encoding and encoding not in _COMPRESSIONS:
        return Failure(
            f"{request.route.host} compressed its answer in a way that was not asked for. "
            "Check the gateway or proxy in front of the service.",
            has_sent=True,
        )
    announced = headers.get("content-length", "").strip()
    if announced.isdigit() and (len(announced) > 18 or int(announced) > request.max_bytes):
        return _too_large(request)
    chunks = iter(lambda: response.read(MEBIBYTE, decode_content=False), b"")
    body, length = [], 0
    for chunk in inflate(chunks) if encoding else chunks:
        length += len(chunk)
        if length > request.max_bytes:
            return _too_large(request)
        body.append(chunk)
    return ApiResponse(response.status, headers, b"".join(body))


def _too_large(request: HttpRequest) -> Failure:
    return Failure(
        f"What {request.route.host} sends is larger than {request.max_bytes // MEBIBYTE} MiB. "
        "Ask for fewer or smaller pictures, or check that the address is right.",
        has_sent=True,
        is_final=True,
    )


def _too_late(request: HttpRequest, dialer: Dialer) -> Failure:
    return Failure(
        f"{request.route.host} gave no complete answer within the {request.deadline:g} s allowed. "
        "Allow it more time if it is only slow.",
        has_sent=dialer.has_sent,
        is_final=True,
    )


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of one or more gzip members, or of a zlib stream, piece by piece.

    Raises:
        zlib.error: it is neither, or it ends too early.
    """
    unpacker = zlib.decompressobj(_ANY_HEADER)
    for chunk in chunks:
        pending = chunk
        while pending:
            if unpacker.eof:
                unpacker = zlib.decompressobj(_ANY_HEADER)
            yield unpacker.decompress(pending, CHUNK_BYTES)
            pending = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    while rest := unpacker.decompress(b"", CHUNK_BYTES):
        yield rest
    if not unpacker.eof:
        raise zlib.error("the stream ends too early")
