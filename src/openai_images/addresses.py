"""Which addresses are this machine, and which belong to the internet: judged alike everywhere.

The client refuses to be sent by a service to addresses inside the network it runs in, and sends
keys unencrypted to this machine only; the server opens without keys to this machine only.
"""

from __future__ import annotations

import ipaddress
import socket

__all__ = ["is_loopback", "is_public", "literal_address"]

# IANA's registries of special-purpose addresses (RFC 6890) and of multicast and reserved ones.
# They stand here because what `ipaddress` makes of them differs between releases of Python.
_SPECIAL_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# All of IPv6 that is handed out, and what of it is special: protocols (Teredo among them),
# documentation.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "3fff::/20")))
# NAT64 (RFC 6052): an IPv4 address inside an IPv6 one.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_loopback(host: str) -> bool:
    """Whether a host name or address, in brackets or not, is this machine (RFC 6761, 6.3).

    An address that leads here only through a translator or tunnel is not.
    """
    name = host.lower().strip("[]")
    if name.rstrip(".") == "localhost":
        return True
    try:
        ip = ipaddress.ip_address(name)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the internet rather than to a network or machine inside.

    An IPv6 address that stands for an IPv4 one (mapped, NAT64, 6to4) is judged as that.
    """
    try:
        ip = _embedded(ipaddress.ip_address(address.strip("[]")))
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in network for network in _SPECIAL_V4)
    return ip in _GLOBAL_V6 and not any(ip in network for network in _SPECIAL_V6)


def literal_address(host: str) -> str | None:
    """The IP address that `host` spells, in any spelling; None for a name.

    `inet_aton` also reads the old ones, such as 127.1 or 0x7f000001.
    """
    try:
        return host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _embedded(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
