"""How a host is reached: directly or through a proxy, and which certificates are trusted."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from requests.utils import select_proxy, should_bypass_proxies

from ..addresses import is_loopback
from ..errors import InvalidConnection
from ..text import one_line

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@dataclass(frozen=True)
class NetworkRoute:
    """How one host is reached.

    Attributes:
        host: its name and port, as shown in messages.
        connect_timeout: seconds.
        bundle: path of the PEM file or folder to trust; empty for the certificates of certifi.
        certificate: path of the PEM file that proves who calls; empty for none.
        proxy_url: address of the proxy, which may hold a password; empty without one.
        proxy: the proxy's host and port, as shown in messages; None without one.
    """

    host: str
    connect_timeout: float
    bundle: str = ""
    certificate: str = ""
    proxy_url: str = field(default="", repr=False)
    proxy: str | None = None

    @property
    def trust(self) -> str:
        """What is trusted, as shown in messages."""
        return f'the CA bundle "{self.bundle}"' if self.bundle else "the public authorities"


def route_to(
    url: str,
    connect_timeout: float,
    *,
    bundle: str = "",
    certificate: str = "",
    own_proxy: str = "",
) -> NetworkRoute:
    """How to reach the host of `url`: by `own_proxy` or else by the process's proxy settings.

    This machine is never reached through a proxy: for the proxy, `localhost` is another one.
    """
    parts = urlsplit(url)
    proxies: Mapping[str, str] = {}
    if not is_loopback(parts.hostname or "") and not should_bypass_proxies(url, no_proxy=None):
        proxies = {"http": own_proxy, "https": own_proxy} if own_proxy else getproxies()
    proxy = select_proxy(url, dict(proxies))
    shown = proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/") if proxy else None
    return NetworkRoute(
        host=one_line(parts.netloc.rpartition("@")[2]),
        connect_timeout=connect_timeout,
        bundle=bundle,
        certificate=certificate,
        proxy_url=proxy or "",
        proxy=shown,
    )


def bundle_to_trust(chosen: str) -> str:
    """The CA bundle: the one chosen, or that of the environment, or empty for certifi's.

    Raises:
        InvalidConnection: it does not exist or holds no certificates.
    """
    bundle = chosen or next((os.environ[v] for v in _BUNDLE_VARIABLES if os.environ.get(v)), "")
    if not bundle:
        return ""
    if not Path(bundle).exists():
        raise InvalidConnection(
            f'The CA bundle "{one_line(bundle)}" does not exist: check the path.'
        )
    try:
        if Path(bundle).is_file():
            _read_bundle(bundle, Path(bundle).stat().st_mtime_ns)
    except OSError:
        raise InvalidConnection(
            f'The CA bundle "{one_line(bundle)}" is no file of PEM certificates: '
            "choose another one."
        ) from None
    return bundle


@lru_cache(maxsize=16)
def _read_bundle(path: str, changed: int) -> None:
    """Raise OSError where the file has no certificates; all of a system's take 25 ms to read."""
    ssl.create_default_context(cafile=path)


def check_certificate(path: str) -> None:
    """Refuse a client certificate that cannot be used; an empty path is none.

    Raises:
        InvalidConnection: there is no such file, or it lacks the certificate or a plain key.
    """
    if not path:
        return
    if not Path(path).is_file():
        raise InvalidConnection(
            f'The client certificate "{one_line(path)}" does not exist: check the path.'
        )
    try:
        # Without a password to try, OpenSSL would ask for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(path, password="")
    except (OSError, ValueError):
        raise InvalidConnection(
            f'The client certificate "{one_line(path)}" cannot be used: it must be a PEM file '
            "that holds the certificate and its unencrypted key."
        ) from None
