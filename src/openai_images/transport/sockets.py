"""Sockets that can be cut from another thread and that refuse forbidden addresses."""

from __future__ import annotations

import functools
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
    Timeout,
    make_headers,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.ssl_ import create_urllib3_context

from .network import NetworkRoute

# KNIME's root logger is at DEBUG, where these write whole addresses, signatures included.
for _name in ("urllib3", "requests", "charset_normalizer"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Dialer:
    """Opens the sockets of one exchange, and cuts them.

    Attributes:
        allows: tells whether an address may be connected to; asked with each address that a host
            name has, which is then the one connected to, so that a second answer of the name
            server cannot change it. Not asked for a proxy.
        connected: told the address that was connected to. Not told that of a proxy.
        read_timeout: seconds that sending, and each wait for a byte, may take.
        refused: an address of a host all of whose addresses `allows` turned down.
        has_sent: whether the request began to travel, so that the service may have got it.
    """

    def __init__(
        self,
        allows: Callable[[str], bool],
        connected: Callable[[str], None],
        read_timeout: float,
    ) -> None:
        self.allows = allows
        self.connected = connected
        self.read_timeout = read_timeout
        self.refused: str | None = None
        self.has_sent = False
        self._lock = threading.Lock()
        self._handles: list[socket.socket] = []
        self._is_cut = False

    def dial(self, host: str, port: int, timeout: float | None, *, is_proxy: bool) -> socket.socket:
        """Connect to the first address of `host` that is allowed and answers.

        Raises:
            OSError: there is none.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        allowed = [info for info in found if is_proxy or self.allows(str(info[4][0]))]
        if not allowed:
            self.refused = str(found[0][4][0])
        failed = OSError("no address to connect to")
        for family, kind, protocol, _, address in allowed:
            try:
                sock = self._connect(socket.socket(family, kind, protocol), address, timeout)
            except OSError as error:
                failed = error
            else:
                if not is_proxy:
                    self.connected(str(address[0]))
                return sock
        raise failed

    def cut(self) -> None:
        """End whatever is blocked on a socket, and let nothing be opened any more."""
        with self._lock:
            self._is_cut = True
            for handle in self._handles:
                with suppress(OSError):
                    handle.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Give the handles back, once the exchange is over."""
        with self._lock:
            for handle in self._handles:
                handle.close()
            self._handles.clear()

    def _connect(self, sock: socket.socket, address: Any, timeout: float | None) -> socket.socket:
        try:
            self._watch(sock)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(timeout)
            sock.connect(address)
        except OSError:
            sock.close()
            raise
        return sock

    def _watch(self, sock: socket.socket) -> None:
        # A duplicate reaches the same connection, and stays valid when TLS takes `sock` over.
        with self._lock:
            if self._is_cut:
                raise OSError("the exchange was cut")
            self._handles.append(sock.dup())


class UnusableProxy(Exception):
    """The address of the proxy is none, or of a kind that is not spoken."""


@contextmanager
def opened(
    method: str,
    url: str,
    route: NetworkRoute,
    dialer: Dialer,
    headers: Mapping[str, str],
    body: bytes | None,
) -> Iterator[BaseHTTPResponse]:
    """Send a request over sockets of `dialer` alone, and give the answer, its body unread.

    Raises:
        UnusableProxy, urllib3.exceptions.HTTPError, OSError, ValueError: there is no answer.
    """
    manager = _manager(url, route, dialer)
    try:
        response = manager.urlopen(
            method,
            url,
            body=body,
            headers=dict(headers),
            timeout=Timeout(connect=route.connect_timeout, read=dialer.read_timeout),
            retries=False,
            redirect=False,
            preload_content=False,
            decode_content=False,
        )
        with closing(response):
            yield response
    finally:
        manager.clear()


def _manager(url: str, route: NetworkRoute, dialer: Dialer) -> PoolManager:
    options: dict[str, Any] = {"num_pools": 1, "maxsize": 1}
    if urlsplit(url).scheme.lower() == "https":
        options["ssl_context"] = _tls_context(route.bundle, route.certificate)
    manager = _proxied(route.proxy_url, options) if route.proxy_url else PoolManager(**options)
    pools: dict[str, Any] = {"http": _Pool, "https": _TlsPool}
    for scheme, pool in pools.items():
        pools[scheme] = functools.partial(pool, dialer=dialer)
    manager.pool_classes_by_scheme = pools
    return manager


def _proxied(url: str, options: dict[str, Any]) -> ProxyManager:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnusableProxy
        host = parts.netloc.rpartition("@")[2]
        password = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        headers = make_headers(proxy_basic_auth=password) if parts.username else None
        return ProxyManager(f"{parts.scheme}://{host}", proxy_headers=headers, **options)
    except (ValueError, HTTPError):
        raise UnusableProxy from None


@functools.lru_cache(maxsize=16)
def _tls_context(bundle: str, certificate: str) -> ssl.SSLContext:
    """What is trusted, and who calls; reading the certificates takes longer than a call."""
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    trusted = bundle or DEFAULT_CA_BUNDLE_PATH
    if Path(trusted).is_dir():
        context.load_verify_locations(capath=trusted)
    else:
        context.load_verify_locations(cafile=trusted)
    if certificate:
        context.load_cert_chain(certificate)
    return context


class _DialedConnection(HTTPConnection):
    # Never printed, whatever the process sets for all of http.client: headers hold the key.
    debuglevel = 0

    def __init__(self, *args: Any, dialer: Dialer, **kwargs: Any) -> None:
        self._dialer = dialer
        super().__init__(*args, **kwargs)

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        try:
            return self._dialer.dial(
                self._dns_host, self.port, timeout, is_proxy=self.proxy is not None
            )
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "timed out") from error
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error

    def connect(self) -> None:
        super().connect()
        # urllib3 would send the body under the connect timeout.
        self.sock.settimeout(self._dialer.read_timeout)
        self._dialer.has_sent = True


class _DialedTlsConnection(_DialedConnection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    def __init__(self, *args: Any, dialer: Dialer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dialed: Any = functools.partial(_DialedConnection, dialer=dialer)
        self.ConnectionCls = dialed


class _TlsPool(HTTPSConnectionPool):
    def __init__(self, *args: Any, dialer: Dialer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dialed: Any = functools.partial(_DialedTlsConnection, dialer=dialer)
        self.ConnectionCls = dialed
