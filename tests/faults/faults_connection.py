"""Faults below HTTP: names, connections, TLS, proxies."""

from __future__ import annotations

from openai_images.errors import NoAnswer

from .fault import SUCCESS, Delivered, Fault, Refused, answers, in_turn
from .server import Peer


def _nothing(peer: Peer) -> None:
    peer.wait_until_left()


def _close_at_once(peer: Peer) -> None:
    peer.reset()


def _reset_after_request(peer: Peer) -> None:
    peer.read()
    peer.reset()


def _close_after_request(peer: Peer) -> None:
    peer.read()


def _reset_during_upload(peer: Peer) -> None:
    peer.read_head()
    peer.sock.recv(1000)
    peer.reset()


def _never_answer(peer: Peer) -> None:
    peer.read()
    peer.wait_until_left()


def _never_read(peer: Peer) -> None:
    peer.read_head()
    peer.server.stopping.wait()


CONNECTION_FAULTS = (
    Fault(
        "port closed",
        "nobody listens there",
        _nothing,
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        place="closed",
    ),
    Fault(
        "name unknown",
        "the host name does not exist",
        _nothing,
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        url="http://images.invalid/v1",
        connection={"allow_plain_http": True},
    ),
    Fault(
        "address impossible",
        "the host name has a part of over 63 letters",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        url="http://" + "a" * 70 + ".invalid/v1",
        connection={"allow_plain_http": True},
    ),
    Fault(
        "connection hangs",
        "the port neither accepts nor refuses",
        _nothing,
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        place="full",
    ),
    Fault(
        "reset on accepting",
        "accepts the connection and resets it",
        _close_at_once,
        Refused(NoAnswer, "", billed=True),
        reaches=False,
    ),
    Fault(
        "reset during the upload",
        "resets after the first bytes of the picture",
        _reset_during_upload,
        Refused(NoAnswer, "", billed=True),
        is_large=True,
    ),
    Fault(
        "reset after the request",
        "takes the whole request and resets",
        _reset_after_request,
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "reset after the request, repeats allowed",
        "resets once, then answers; the user allowed double billing",
        in_turn(_reset_after_request, answers(200, SUCCESS)),
        Delivered(),
        tries=2,
        retry={"may_bill_twice": True},
    ),
    Fault(
        "closed after the request",
        "takes the whole request and closes",
        _close_after_request,
        Refused(NoAnswer, "", billed=True),
    ),
    Fault(
        "never reads",
        "accepts, but never takes the picture",
        _never_read,
        Refused(NoAnswer, "", billed=True),
        is_large=True,
        slow_reader=True,
    ),
    Fault(
        "never answers",
        "takes the request and is silent",
        _never_answer,
        Refused(NoAnswer, "", billed=True),
    ),
)


def _proxy_refuses(status: str) -> Peer:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return serve


BEHIND = {"url": "https://images.test/v1", "proxy": "http://me:pass@{address}"}

PROXY_FAULTS = (
    Fault(
        "proxy refuses",
        "the proxy does not connect to the service (403)",
        _proxy_refuses("403 Forbidden"),
        Refused(NoAnswer, ""),
        tries=3,
        **BEHIND,
    ),
    Fault(
        "proxy wants a password",
        "the proxy answers 407",
        _proxy_refuses("407 Proxy Authentication Required"),
        Refused(NoAnswer, ""),
        **BEHIND,
    ),
    Fault(
        "proxy gone",
        "nobody listens where the proxy should be",
        _nothing,
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        place="closed",
        **BEHIND,
    ),
    Fault(
        "proxy silent",
        "the proxy takes the CONNECT and is silent",
        _never_answer,
        Refused(NoAnswer, ""),
        tries=3,
        **BEHIND,
    ),
    Fault(
        "proxy setting broken",
        "the proxy variable is no address",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        url="https://images.test/v1",
        proxy="http://",
    ),
    Fault(
        "proxy speaks SOCKS",
        "the proxy variable names a SOCKS proxy",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        url="https://images.test/v1",
        proxy="socks5://{address}",
    ),
)

TLS = {"url": "https://{address}/v1"}

TLS_FAULTS = (
    Fault(
        "certificate of a stranger",
        "shows a certificate of an authority that is not trusted",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        certificate="stranger",
        **TLS,
    ),
    Fault(
        "certificate for another name",
        "shows a trusted certificate of another host",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        certificate="other name",
        **TLS,
    ),
    Fault(
        "certificate expired",
        "shows a trusted certificate that is over",
        _nothing,
        Refused(NoAnswer, ""),
        reaches=False,
        certificate="expired",
        **TLS,
    ),
    Fault(
        "no TLS there",
        "speaks plain HTTP where TLS is expected",
        lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Refused(NoAnswer, ""),
        reaches=False,
        **TLS,
    ),
    Fault(
        "TLS handshake hangs",
        "accepts and is silent where TLS is expected",
        _nothing,
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        **TLS,
    ),
    Fault(
        "TLS handshake broken off",
        "closes during the handshake",
        lambda peer: peer.sock.recv(10),
        Refused(NoAnswer, ""),
        tries=3,
        reaches=False,
        **TLS,
    ),
    Fault(
        "TLS where plain HTTP is expected",
        "expects TLS from a client that speaks plain HTTP",
        _nothing,
        Refused(NoAnswer, "", billed=True),
        reaches=False,
        certificate="good",
    ),
)
