"""Which way a call takes: directly or through a proxy, and which certificates it trusts."""

from __future__ import annotations

import ipaddress
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from ..errors import InvalidConnection

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
# NAT64 (RFC 6052): an IPv4 address inside an IPv6 one.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Way:
    """The way to one host.

    Attributes:
        host: its name and port, as shown in messages.
        connect_timeout: seconds.
        bundle: path of the PEM file or folder to trust; empty for the certificates of certifi.
        proxies: as requests takes them; they may hold a password.
        proxy: the proxy's host and port, as shown in messages; None without one.
    """

    host: str
    connect_timeout: float
    bundle: str = ""
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    proxy: str | None = None

    @property
    def trust(self) -> str:
        """What is trusted, as shown in messages."""
        return f'the CA bundle "{self.bundle}"' if self.bundle else "the public authorities"


def way_to(url: str, connect_timeout: float, bundle: str) -> Way:
    """The way to the host of `url`, by the proxy settings of the process.

    This machine is never reached through a proxy: for the proxy, `localhost` is another one.
    """
    parts = urlsplit(url)
    proxies = {} if is_loopback(parts.hostname or "") else get_environ_proxies(url)
    proxy = select_proxy(url, proxies)
    shown = proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/") if proxy else None
    host = parts.netloc.rpartition("@")[2]
    return Way(host, connect_timeout, bundle, proxies if proxy else {}, shown)


def bundle_to_trust(chosen: str) -> str:
    """The CA bundle: the one chosen, or that of the environment, or empty for certifi's.

    Raises:
        InvalidConnection: it does not exist or holds no certificates.
    """
    bundle = chosen or next((os.environ[v] for v in _BUNDLE_VARIABLES if os.environ.get(v)), "")
    if not bundle:
        return ""
    if not Path(bundle).exists():
        raise InvalidConnection(f'The CA bundle "{bundle}" does not exist: check the path.')
    try:
        if Path(bundle).is_file():
            ssl.create_default_context(cafile=bundle)
    except OSError:
        raise InvalidConnection(
            f'The CA bundle "{bundle}" is no file of PEM certificates: choose another one.'
        ) from None
    return bundle


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine by definition (RFC 6761, 6.3)."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return _embedded(ipaddress.ip_address(host)).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet rather than to a network or machine inside.

    Private, loopback, link-local, shared, multicast and reserved addresses do not, nor IPv6
    addresses that stand for such an IPv4 one.
    """
    try:
        ip = _embedded(ipaddress.ip_address(address))
    except ValueError:
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    tunnel = ip.teredo[1] if ip.teredo else None
    return ip.ipv4_mapped or ip.sixtofour or tunnel or ip
