"""Faults of proxies and of TLS."""

from __future__ import annotations

from openai_images.errors import NoAnswer

from .fault import Fault, Refused
from .server import Peer, Serve


def _nothing(peer: Peer) -> None:
    peer.wait_until_left()


def _proxy_refuses(status: str) -> Serve:
    def serve(peer: Peer) -> None:
        peer.read_head()
        peer.send(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    return serve


def _hear_and_wait(peer: Peer) -> None:
    peer.read_head()
    peer.wait_until_left()


PROXY_PASSWORD = "open-sesame"
BEHIND = {"url": "https://images.test/v1", "proxy": f"http://me:{PROXY_PASSWORD}@{{address}}"}

PROXY_FAULTS = (
    Fault(
        "proxy refuses",
        "the proxy does not connect to the service (403)",
        _proxy_refuses("403 Forbidden"),
        Refused(
            NoAnswer,
            "The proxy {address} did not connect to images.test. It said: 403 Forbidden. "
            "Check Proxy, or else the proxy settings (http_proxy, https_proxy, "
            "no_proxy). Tried 3 times.",
        ),
        tries=3,
        **BEHIND,
    ),
    Fault(
        "proxy wants a password",
        "the proxy answers 407",
        _proxy_refuses("407 Proxy Authentication Required"),
        Refused(
            NoAnswer,
            "The proxy {address} wants a user name and password (HTTP 407): put them into "
            "KNIME's preferences or the system's proxy settings, and leave Proxy empty.",
        ),
        **BEHIND,
    ),
    Fault(
        "proxy gone",
        "nobody listens where the proxy should be",
        _nothing,
        Refused(
            NoAnswer,
            "The proxy {address} did not connect to images.test. Check Proxy, or else the proxy "
            "settings (http_proxy, https_proxy, no_proxy). Tried 3 "
            "times.",
        ),
        tries=3,
        reaches=False,
        place="closed",
        **BEHIND,
    ),
    Fault(
        "proxy silent",
        "the proxy takes the CONNECT and is silent",
        _hear_and_wait,
        Refused(
            NoAnswer,
            "images.test did not accept a connection through the proxy {address} within 0.5 "
            "s. Check the address, the network and firewall, or raise the connect timeout. "
            "Tried 3 times.",
        ),
        tries=3,
        **BEHIND,
        timeouts={"connect": 0.5},
    ),
    Fault(
        "proxy setting broken",
        "the proxy variable is no address",
        _nothing,
        Refused(
            NoAnswer,
            "The proxy setting cannot be used: write http://host:port into http_proxy and "
            "https_proxy. SOCKS proxies are not supported.",
        ),
        reaches=False,
        url="https://images.test/v1",
        proxy="http://",
    ),
    Fault(
        "proxy speaks SOCKS",
        "the proxy variable names a SOCKS proxy",
        _nothing,
        Refused(
            NoAnswer,
            'The proxy setting "{address}" cannot be used: write http://host:port into '
            "http_proxy and https_proxy. SOCKS proxies are not supported.",
        ),
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
        Refused(
            NoAnswer,
            "The TLS certificate of {address} is not accepted (unable to get local issuer "
            'certificate). Trusted is the CA bundle "{folder}/trusted.pem": set the CA bundle to '
            "the authority that signs for this server or for the proxy before it.",
        ),
        reaches=False,
        certificate="stranger",
        **TLS,
    ),
    Fault(
        "certificate for another name",
        "shows a trusted certificate of another host",
        _nothing,
        Refused(
            NoAnswer,
            "The TLS certificate of {address} is not accepted (IP address mismatch, "
            "certificate is not valid for '127.0.0.1'). Check that the address has the name "
            "for which the certificate was made.",
        ),
        reaches=False,
        certificate="other name",
        **TLS,
    ),
    Fault(
        "certificate expired",
        "shows a trusted certificate that is over",
        _nothing,
        Refused(
            NoAnswer,
            "The TLS certificate of {address} is not accepted (certificate has expired). Its "
            "owner has to renew it; check this machine's clock too.",
        ),
        reaches=False,
        certificate="expired",
        **TLS,
    ),
    Fault(
        "no TLS there",
        "speaks plain HTTP where TLS is expected",
        lambda peer: peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        Refused(
            NoAnswer,
            "{address} does not speak TLS: check the port, or write http:// if it is meant so.",
        ),
        reaches=False,
        **TLS,
    ),
    Fault(
        "TLS handshake hangs",
        "accepts and is silent where TLS is expected",
        _nothing,
        Refused(
            NoAnswer,
            "{address} did not accept a connection within 0.5 s. Check the address, the "
            "network and firewall, or raise the connect timeout. Tried 3 times.",
        ),
        tries=3,
        reaches=False,
        **TLS,
        timeouts={"connect": 0.5},
    ),
    Fault(
        "TLS handshake broken off",
        "closes during the handshake",
        lambda peer: peer.sock.recv(10),
        Refused(
            NoAnswer,
            "{address} broke off the TLS handshake. Check the address and the port, and any "
            "firewall between. Tried 3 times.",
        ),
        tries=3,
        reaches=False,
        **TLS,
    ),
    Fault(
        "TLS where plain HTTP is expected",
        "expects TLS from a client that speaks plain HTTP",
        _nothing,
        Refused(
            NoAnswer,
            "The connection to {address} broke before its answer was complete. The call may "
            "have been done and charged.",
            billed=True,
        ),
        reaches=False,
        certificate="good",
    ),
)
