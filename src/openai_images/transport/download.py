"""Fetching a picture from an address that a service or a user gave."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from ..errors import NoAnswer
from ..options import RetryPolicy
from ..response import ApiResponse
from ..watch import Watch
from .cleaning import shown_url
from .exchange import Call
from .limits import (
    DOWNLOAD_READ_SECONDS,
    DOWNLOAD_SECONDS,
    MAX_DOWNLOAD_BYTES,
    MAX_REDIRECTS,
)
from .pace import Pace
from .repeating import call_repeatedly
from .way import Way

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Terms:
    """Under which conditions addresses are fetched.

    Attributes:
        policy: when a fetch is repeated.
        way: the way to an address; asked again after each redirect, like what follows.
        headers: the headers for an address.
        allows: for an address, which IP addresses its host may have.
        mask: takes secrets out of an answer.
    """

    policy: RetryPolicy
    way: Callable[[str], Way]
    headers: Callable[[str], Mapping[str, str]]
    allows: Callable[[str], Callable[[str], bool]]
    mask: Callable[[ApiResponse], ApiResponse]


def fetch(url: str, terms: Terms, watch: Watch) -> bytes:
    """The content behind `url`, over at most `MAX_REDIRECTS` redirects.

    Raises:
        NoAnswer: it cannot be had; the message names the address without its query.
        Canceled: the watch said so.
    """
    ends = time.monotonic() + DOWNLOAD_SECONDS
    for _ in range(MAX_REDIRECTS + 1):
        _check(url)
        answer = _get(url, terms, ends, watch)
        if answer.status not in _REDIRECTS:
            return _content(answer, url)
        url = urljoin(url, answer.headers.get("location", ""))
    raise NoAnswer(f"{shown_url(url)} was not fetched: more than {MAX_REDIRECTS} redirects.")


def _get(url: str, terms: Terms, ends: float, watch: Watch) -> ApiResponse:
    call = Call(
        method="GET",
        url=url,
        way=terms.way(url),
        read_timeout=DOWNLOAD_READ_SECONDS,
        ends=ends,
        bound=f"the {DOWNLOAD_SECONDS:g} s that a download may take",
        max_bytes=MAX_DOWNLOAD_BYTES,
        headers=terms.headers(url),
        allows=terms.allows(url),
        mask=terms.mask,
    )
    if call.way.proxy and not _proxy_may_fetch(urlsplit(url).hostname or "", call):
        raise NoAnswer(f"{shown_url(url)} was not fetched: it lies inside this network.")
    pace = Pace(0, terms.policy.max_wait)
    return call_repeatedly(
        lambda deadline: replace(call, ends=min(ends, deadline)),
        terms.policy,
        pace,
        watch,
        is_charged=False,
    )


def _proxy_may_fetch(host: str, call: Call) -> bool:
    """A proxy looks names up itself, which is its affair; an address can be judged here.

    `inet_aton` also reads the old spellings, such as 127.1 or 0x7f000001.
    """
    try:
        address = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return True
    return call.allows(address)


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NoAnswer("The address of the picture is not valid.") from None
    if parts.scheme not in ("http", "https") or not host:
        raise NoAnswer(f"{shown_url(url)} was not fetched: only http and https addresses are.")
    if "@" in parts.netloc:
        raise NoAnswer(f"{shown_url(url)} was not fetched: it holds a user name or password.")


def _content(answer: ApiResponse, url: str) -> bytes:
    if answer.status == 200 and answer.body:
        return answer.body
    what = f"HTTP {answer.status}" if answer.status != 200 else "an empty answer"
    expired = " It may have expired: addresses of results live an hour." * (
        answer.status in (403, 404, 410)
    )
    raise NoAnswer(f"{shown_url(url)} gave {what} instead of a picture.{expired}")
