"""Sockets that can be cut from another thread and that refuse forbidden addresses."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

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


class _DialedConnection(HTTPConnection):
    dialer: ClassVar[Dialer]
    # Never printed, whatever the process sets for all of http.client: headers hold the key.
    debuglevel = 0

    def _new_conn(self) -> socket.socket:
        timeout = self.timeout if isinstance(self.timeout, (int, float)) else None
        try:
            return self.dialer.dial(
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
        self.sock.settimeout(self.dialer.read_timeout)
        self.dialer.has_sent = True


class _DialedTlsConnection(_DialedConnection, HTTPSConnection):
    pass


class DialerAdapter(HTTPAdapter):
    """Sends requests over sockets of `dialer` alone; used for one exchange and closed."""

    def __init__(self, dialer: Dialer) -> None:
        self._pools = _pools(dialer)
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> PoolManager:
        if proxy.lower().startswith("socks"):
            raise InvalidSchema("a SOCKS proxy")
        manager: PoolManager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(dialer: Dialer) -> dict[str, type[HTTPConnectionPool]]:
    class Connection(_DialedConnection):
        pass

    class TlsConnection(_DialedTlsConnection):
        pass

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    Connection.dialer = TlsConnection.dialer = dialer
    return {"http": Pool, "https": TlsPool}
