"""Why no HTTP answer came back, told from the exceptions of requests and urllib3.

Those exceptions hold the request with its headers, so they are read here and never passed on.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import BadStatusLine, IncompleteRead
from typing import Any

import requests
import urllib3.exceptions as u3

from .cleaning import clean
from .way import Way
from .wire import Line


@dataclass(frozen=True)
class Failure:
    """No answer.

    Attributes:
        message: a sentence that says what happened and what to do.
        has_sent: whether the service may have got the request, and charged for it.
        is_final: whether another try cannot help.
    """

    message: str
    has_sent: bool = False
    is_final: bool = False


def explain(error: Exception, line: Line, way: Way) -> Failure:
    """The failure that `error` stands for."""
    chain = list(_chain(error))
    if line.refused is not None and not line.has_sent:
        return Failure(
            f"{way.host} leads to {line.refused}, an address inside this network or machine, "
            "and is not fetched: only the service's own host may be there.",
            is_final=True,
        )
    for kind, tell in _TELLERS:
        found = next((link for link in chain if isinstance(link, kind)), None)
        if found is not None:
            return tell(found, line, way)
    return Failure(
        f"The call to {way.host} failed: {clean(type(error).__name__)}. "
        "Check the base URL and the network.",
        has_sent=line.has_sent,
    )


def _chain(error: object) -> Iterator[object]:
    """`error` and what it wraps: in its arguments, as its reason, as its cause."""
    queue, seen = [error], set[int]()
    while queue:
        link = queue.pop(0)
        if id(link) in seen or not isinstance(link, BaseException):
            continue
        seen.add(id(link))
        yield link
        queue += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]


def _certificate(error: ssl.SSLCertVerificationError, line: Line, way: Way) -> Failure:
    return Failure(
        f"The TLS certificate of {way.host} is not trusted "
        f"({clean(error.verify_message or 'verification failed')}; trusted is {way.trust}). "
        "Set the connector's CA bundle to the certificate authority of this server or proxy.",
        is_final=True,
    )


def _tls(error: Exception, line: Line, way: Way) -> Failure:
    reason = getattr(error, "reason", None)
    text = reason if isinstance(reason, str) else ""
    if line.has_sent:
        return _broken(error, line, way)
    advice = (
        "It does not speak TLS there: check the port, or write http:// if it is meant so."
        if text in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE")
        else f"Check the address; trusted is {way.trust}."
    )
    return Failure(
        f"No TLS connection to {way.host} ({clean(text) or 'handshake failed'}). {advice}",
        is_final=bool(text),
    )


def _proxy(error: Exception, line: Line, way: Way) -> Failure:
    detail = next(
        (clean(str(link)) for link in _chain(error) if "Tunnel connection failed" in str(link)), ""
    )
    refused = detail.rpartition("Tunnel connection failed:")[2].strip(" ')")
    if refused.startswith("407"):
        return Failure(
            f"The proxy {way.proxy} wants a user name and password (HTTP 407): put them into "
            "the proxy settings.",
            is_final=True,
        )
    said = f" It said: {refused}." if refused else ""
    return Failure(
        f"The proxy {way.proxy} did not connect to {way.host}.{said} Check the proxy settings "
        "(http_proxy, https_proxy, no_proxy)."
    )


def _name(error: Exception, line: Line, way: Way) -> Failure:
    if way.proxy:
        return Failure(
            f"The name of the proxy {way.proxy} is unknown. Check the proxy settings "
            "(http_proxy, https_proxy, no_proxy)."
        )
    return Failure(
        f"The name {way.host} is unknown to the name server (DNS). "
        "Check the address and the network."
    )


def _connect_timeout(error: Exception, line: Line, way: Way) -> Failure:
    return Failure(
        f"{way.host} did not accept a connection within {way.connect_timeout:g} s. "
        "Check the address, the network and firewall, or raise the connect timeout."
    )


def _unreachable(error: Exception, line: Line, way: Way) -> Failure:
    why = "refused the connection" if _is(error, ConnectionRefusedError) else "cannot be reached"
    return Failure(f"{way.host} {why}. Check that the service runs there, and the port.")


def _read_timeout(error: Exception, line: Line, way: Way) -> Failure:
    if not line.has_sent:
        return _connect_timeout(error, line, way)
    return Failure(
        f"{way.host} was silent for {line.read_timeout:g} s (read timeout). "
        "The call may have been done and charged; raise the read timeout if it needs longer.",
        has_sent=True,
    )


def _incomplete(error: Exception, line: Line, way: Way) -> Failure:
    return Failure(
        f"The answer of {way.host} ended before it was complete. "
        "The call may have been done and charged.",
        has_sent=True,
    )


def _not_http(error: Exception, line: Line, way: Way) -> Failure:
    return Failure(
        f"What {way.host} answered is not HTTP. Check the port, and whether the address "
        "begins with https:// or http://.",
        has_sent=line.has_sent,
    )


def _broken(error: Exception, line: Line, way: Way) -> Failure:
    if not line.has_sent:
        return _unreachable(error, line, way)
    return Failure(
        f"The connection to {way.host} broke before its answer was complete. "
        "The call may have been done and charged.",
        has_sent=True,
    )


def _address(error: Exception, line: Line, way: Way) -> Failure:
    return Failure(
        f'"{way.host}" is not a valid address. Check it for typing mistakes.', is_final=True
    )


def _proxy_setting(error: Exception, line: Line, way: Way) -> Failure:
    return Failure(
        f'The proxy setting "{way.proxy}" cannot be used: write http://host:port into http_proxy '
        "and https_proxy. SOCKS proxies are not supported.",
        is_final=True,
    )


def _is(error: Exception, kind: type[BaseException]) -> bool:
    return any(isinstance(link, kind) for link in _chain(error))


# The first kind that is found anywhere in the chain tells the story.
_TELLERS: tuple[tuple[type[BaseException], Callable[[Any, Line, Way], Failure]], ...] = (
    (requests.exceptions.InvalidProxyURL, _proxy_setting),
    (requests.exceptions.InvalidSchema, _proxy_setting),
    (requests.exceptions.InvalidURL, _address),
    (u3.LocationValueError, _address),
    (ssl.SSLCertVerificationError, _certificate),
    (u3.ProxyError, _proxy),
    (requests.exceptions.ProxyError, _proxy),
    (u3.NameResolutionError, _name),
    (u3.NewConnectionError, _unreachable),
    (u3.ConnectTimeoutError, _connect_timeout),
    (u3.ReadTimeoutError, _read_timeout),
    (requests.exceptions.ReadTimeout, _read_timeout),
    (ssl.SSLError, _tls),
    (u3.SSLError, _tls),
    (u3.IncompleteRead, _incomplete),
    (IncompleteRead, _incomplete),
    (ConnectionError, _broken),
    (BadStatusLine, _not_http),
    (TimeoutError, _read_timeout),
    (u3.ProtocolError, _not_http),
    (OSError, _broken),
)
