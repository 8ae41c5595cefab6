"""Fetching a picture from an address that a service or a user gave."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from ..errors import NoAnswer
from ..response import ApiResponse
from ..text import shown_url
from .limits import MAX_REDIRECTS

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def fetch(url: str, get: Callable[[str], ApiResponse]) -> bytes:
    """The content behind `url`, over at most `MAX_REDIRECTS` redirects.

    Args:
        get: gets a single address; called again after each redirect.

    Raises:
        NoAnswer: it cannot be had; the message names the address without its query.
    """
    for _ in range(MAX_REDIRECTS + 1):
        _check(url)
        answer = get(url)
        if answer.status not in _REDIRECTS:
            return _content(answer, url)
        try:
            url = urljoin(url, answer.headers.get("location", ""))
        except ValueError:
            raise NoAnswer(f"{shown_url(url)} redirects to no valid address.") from None
    raise NoAnswer(f"{shown_url(url)} was not fetched: more than {MAX_REDIRECTS} redirects.")


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
