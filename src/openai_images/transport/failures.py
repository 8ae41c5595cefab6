"""Why no HTTP answer came back, told from the exceptions of urllib3.

Those exceptions hold the request with its headers, so they are read here and never passed on.
"""

from __future__ import annotations

import ssl
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import BadStatusLine, IncompleteRead
from typing import Any

import urllib3.exceptions as u3

from ..text import one_line
from .network import NetworkRoute
from .sockets import Dialer, UnusableProxy


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


def explain(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    """The failure that `error` stands for."""
    chain = list(_chain(error))
    if dialer.refused is not None and not dialer.has_sent:
        return refused(route, dialer.refused)
    for kind, tell in _TELLERS:
        found = next((link for link in chain if isinstance(link, kind)), None)
        if found is not None:
            return tell(found, dialer, route)
    return Failure(
        f"The call to {route.host} failed: {one_line(type(error).__name__)}. "
        "Check the base URL and the network.",
        has_sent=dialer.has_sent,
    )


def refused(route: NetworkRoute, address: str) -> Failure:
    """The failure of a host that may not have the address that it has."""
    return Failure(
        f"{route.host} leads to {address}, an address inside this network or machine, "
        "and is not fetched: only the service's own address and port may be there. "
        "Set Response Format to b64_json.",
        is_final=True,
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


def _certificate(
    error: ssl.SSLCertVerificationError, dialer: Dialer, route: NetworkRoute
) -> Failure:
    why = one_line(error.verify_message or "verification failed").rstrip(".")
    advice = _CERTIFICATE_ADVICE.get(
        error.verify_code,
        f"Trusted is {route.trust}: set the CA bundle to the authority that signs for "
        "this server or for the proxy before it.",
    )
    return Failure(
        f"The TLS certificate of {route.host} is not accepted ({why}). {advice}", is_final=True
    )


def _tls(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    reason = getattr(error, "reason", None)
    text = reason if isinstance(reason, str) else "handshake failed"
    if "ALERT" in text and ("CERTIFICATE" in text or "UNKNOWN_CA" in text):
        return Failure(
            f"{route.host} wants to know by a certificate who calls, or does not accept the one it "
            f"got ({text}). Check the client certificate.",
            is_final=True,
        )
    if dialer.has_sent:
        return _broken(error, dialer, route)
    if text in _NO_TLS_REASONS:
        return Failure(
            f"{route.host} does not speak TLS: check the port, or write http:// if it is meant so.",
            is_final=True,
        )
    if isinstance(error, ssl.SSLEOFError):
        return Failure(
            f"{route.host} broke off the TLS handshake. Check the address and the port, and any "
            "firewall between."
        )
    return Failure(
        f"No TLS connection to {route.host} ({one_line(text)}). Check the address and the port.",
        is_final=True,
    )


def _proxy(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    detail = next(
        (one_line(str(link)) for link in _chain(error) if "Tunnel connection failed" in str(link)),
        "",
    )
    refused = detail.rpartition("Tunnel connection failed:")[2].strip(" ')")
    if refused.startswith("407"):
        return Failure(
            f"The proxy {route.proxy} wants a user name and password (HTTP 407): put them into "
            "KNIME's preferences or the system's proxy settings, and leave Proxy empty.",
            is_final=True,
        )
    said = f" It said: {refused}." if refused else ""
    return Failure(
        f"The proxy {route.proxy} did not connect to {route.host}.{said} Check Proxy, or else the "
        "proxy settings (http_proxy, https_proxy, no_proxy)."
    )


def _name(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    return Failure(
        f"The name {route.host} is unknown to the name server (DNS). "
        "Check the address and the network."
    )


def _connect_timeout(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    through = f" through the proxy {route.proxy}" if route.proxy else ""
    return Failure(
        f"{route.host} did not accept a connection{through} within {route.connect_timeout:g} s. "
        "Check the address, the network and firewall, or raise the connect timeout."
    )


def _unreachable(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    why = "refused the connection" if _is(error, ConnectionRefusedError) else "cannot be reached"
    return Failure(f"{route.host} {why}. Check that the service runs there, and the port.")


def _read_timeout(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    if not dialer.has_sent:
        return _connect_timeout(error, dialer, route)
    return Failure(
        f"{route.host} was silent for {dialer.read_timeout:g} s (read timeout). "
        "Raise the read timeout if it needs longer.",
        has_sent=True,
    )


def _incomplete(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    return Failure(f"The answer of {route.host} ended before it was complete.", has_sent=True)


def _not_http(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    if not dialer.has_sent:
        return _unreachable(error, dialer, route)
    return Failure(
        f"What {route.host} answered cannot be read as HTTP. Check the port, and whether the "
        "address begins with https:// or http://.",
        has_sent=True,
    )


def _broken(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    if not dialer.has_sent:
        return _unreachable(error, dialer, route)
    return Failure(
        f"The connection to {route.host} broke before its answer was complete.", has_sent=True
    )


def _address(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    return Failure(
        f'"{route.host}" is not a valid address. Check it for typing mistakes.', is_final=True
    )


def _proxy_setting(error: Exception, dialer: Dialer, route: NetworkRoute) -> Failure:
    named = f' "{route.proxy}"' if route.proxy else ""
    return Failure(
        f"The proxy setting{named} cannot be used: write http://host:port into http_proxy "
        "and https_proxy. SOCKS proxies are not supported.",
        is_final=True,
    )


def _is(error: Exception, kind: type[BaseException]) -> bool:
    return any(isinstance(link, kind) for link in _chain(error))


# Depending on the version of OpenSSL.
_NO_TLS_REASONS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})
# OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED, _HOSTNAME_MISMATCH and _IP_ADDRESS_MISMATCH.
_CERTIFICATE_ADVICE = {
    10: "Its owner has to renew it; check this machine's clock too.",
    62: "Check that the address has the name for which the certificate was made.",
    64: "Check that the address has the name for which the certificate was made.",
}

# The first kind that is found anywhere in the chain tells the story.
_TELLERS: tuple[tuple[type[BaseException], Callable[[Any, Dialer, NetworkRoute], Failure]], ...] = (
    (UnusableProxy, _proxy_setting),
    (u3.LocationValueError, _address),
    (UnicodeError, _address),
    (ssl.SSLCertVerificationError, _certificate),
    (u3.ProxyError, _proxy),
    (u3.NameResolutionError, _name),
    (u3.NewConnectionError, _unreachable),
    (u3.ConnectTimeoutError, _connect_timeout),
    (u3.ReadTimeoutError, _read_timeout),
    (ssl.SSLError, _tls),
    (u3.SSLError, _tls),
    (u3.IncompleteRead, _incomplete),
    (IncompleteRead, _incomplete),
    (zlib.error, _not_http),
    (u3.InvalidHeader, _not_http),
    (ConnectionError, _broken),
    (BadStatusLine, _not_http),
    (TimeoutError, _read_timeout),
    (u3.ProtocolError, _not_http),
    (OSError, _broken),
    # A length of a chunk that is no number.
    (ValueError, _not_http),
)
