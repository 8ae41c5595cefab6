"""Plays a fault against the package as a user would use it, and writes down all that shows."""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import logging
import os
import ssl
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import trustme
from PIL import Image

from openai_images import Connection, Secret, VariationRequest, open_session
from openai_images.connection import ServiceKind
from openai_images.errors import ImagesError
from openai_images.options import RetryPolicy, Timeouts
from openai_images.services.collect import ResultImage, collect_images, read_answer
from openai_images.watch import QuietWatch

from ..transport.watching import Metronome, calls_left
from .fault import KEY, Fault, png
from .server import FaultServer, closed_port, full_port

RETRY = {"attempts": 3, "base_delay": 0.01, "max_delay": 0.02, "max_wait": 5.0, "deadline": 30.0}
TIMEOUTS = {"connect": 10.0, "read": 10.0}


@dataclass
class Played(QuietWatch):
    """What came of a fault.

    Attributes:
        shown: everything a person or a log could see, as one text.
        tries: calls made, as the log tells.
        requests, fetches: calls and downloads, as the server saw them.
        left_running: threads of calls that outlived them.
        seconds: how long it all took, without what a busy machine kept every thread waiting.
    """

    error: ImagesError | None = None
    images: tuple[ResultImage, ...] = ()
    warnings: list[str] = field(default_factory=list)
    shown: str = ""
    tries: int = 0
    requests: int = 0
    fetches: int = 0
    left_running: int = 0
    seconds: float = 0.0
    server_address: str = ""

    def progress(self, message: str, fraction: float | None = None) -> None:
        self.shown += message + "\n"

    def warn(self, message: str) -> None:
        self.warnings.append(message)
        self.shown += message + "\n"


def play(fault: Fault, folder: Path) -> Played:
    """Start the fault's server, make the call through the public interface, and look at it all."""
    played = Played()
    with contextlib.ExitStack() as stack:
        log = stack.enter_context(_everything_logged())
        address, server = _place(fault, folder, stack)
        values = {"address": address, "port": address.rpartition(":")[2]}
        stack.enter_context(_proxied(fault.proxy.format(**values)))
        url = fault.url.format(**values)
        played.server_address = address
        connection = _connection(fault, url, folder)
        request = _request(fault)
        with Metronome() as machine:
            began = time.monotonic()
            try:
                _call(connection, request, played)
            except ImagesError as error:
                played.error = error
            played.seconds = time.monotonic() - began - machine.late
        played.shown += "".join(_whole_story(played.error))
        played.left_running = len(calls_left())
    played.shown += log.getvalue()
    played.tries = log.getvalue().count("openai_images|POST ")
    lines = [request.line for request in server.received] if server else []
    played.fetches = sum(line.startswith("GET") for line in lines)
    played.requests = len(lines) - played.fetches
    return played


def _call(connection: Connection, request: VariationRequest, played: Played) -> None:
    secret = Secret(KEY, name="my key")
    with open_session(connection, secret) as session:
        answer = session.service.create_variation(request, played)
        played.shown += f"{answer.headers}\n{answer.text[:1_000_000]}\n"
        response = read_answer(answer, connection)
        images = collect_images(
            response, request, session.service, played, download=True, ends=answer.ends
        )
    played.images = images
    played.shown += f"{images}\n{connection}\n{secret}\n{session}\n"


def _connection(fault: Fault, url: str, folder: Path) -> Connection:
    own = dict(fault.connection)
    return Connection(
        service=ServiceKind.COMPATIBLE,
        credential="my key",
        base_url=url,
        timeouts=Timeouts(**{**TIMEOUTS, **fault.timeouts}),
        retry=RetryPolicy(**{**RETRY, **fault.retry}),
        ca_bundle=str(folder / "trusted.pem") if url.startswith("https") else "",
        **own,
    )


def _request(fault: Fault) -> VariationRequest:
    picture = _large_png() if fault.is_large else png()
    return VariationRequest(picture, "cat.png", **fault.request)


@functools.cache
def _large_png() -> bytes:
    """About 3 MB: noise does not compress."""
    file = io.BytesIO()
    Image.frombytes("RGB", (1000, 1000), os.urandom(3_000_000)).save(file, "PNG", compress_level=0)
    return file.getvalue()


def _place(
    fault: Fault, folder: Path, stack: contextlib.ExitStack
) -> tuple[str, FaultServer | None]:
    context = _tls(fault, folder)
    if fault.place == "closed":
        return f"127.0.0.1:{stack.enter_context(closed_port())}", None
    if fault.place == "full":
        return f"127.0.0.1:{stack.enter_context(full_port())}", None
    buffer = 4096 if fault.slow_reader else 0
    server = FaultServer(fault.serve, tls=context, receive_buffer=buffer)
    return server.address, stack.enter_context(server)


def _tls(fault: Fault, folder: Path) -> ssl.SSLContext | None:
    trusted = trustme.CA()
    trusted.cert_pem.write_to_path(str(folder / "trusted.pem"))
    if not fault.certificate:
        return None
    authority = trustme.CA() if fault.certificate == "stranger" else trusted
    name = "images.test" if fault.certificate == "other name" else "127.0.0.1"
    year = 2001 if fault.certificate == "expired" else 2999
    certificate = authority.issue_cert(
        name, not_before=datetime(2000, 1, 1), not_after=datetime(year, 1, 1)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@contextlib.contextmanager
def _proxied(proxy: str) -> Iterator[None]:
    """The process with `proxy` alone, whatever the machine's own settings are."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    names += (*(name.upper() for name in names), "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    if proxy:
        os.environ.update(http_proxy=proxy, https_proxy=proxy)
    try:
        yield
    finally:
        for name in names:
            os.environ.pop(name, None)
        os.environ.update(before)


@contextlib.contextmanager
def _everything_logged() -> Iterator[io.StringIO]:
    """Every log record of every library, at the lowest level, and what http.client prints."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s|%(message)s|%(exc_info)s"))
    loggers = [logging.getLogger(name) for name in ("", "urllib3", "requests", "openai_images")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    http.client.HTTPConnection.debuglevel = 1
    try:
        with contextlib.redirect_stdout(text):
            yield text
    finally:
        http.client.HTTPConnection.debuglevel = 0
        loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _whole_story(error: BaseException | None) -> Iterator[str]:
    """An error as a crash reporter shows it: causes, arguments, and the package's variables."""
    seen = set[int]()
    queue = [error]
    while queue:
        link = queue.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        queue += [link.__cause__, link.__context__]
        yield f"{link!r} {vars(link)}\n"
        for frame, line in traceback.walk_tb(link.__traceback__):
            if "openai_images" in frame.f_code.co_filename:
                yield f"{frame.f_code.co_name}:{line} {frame.f_locals!r}\n"
