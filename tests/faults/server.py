"""A server on loopback that does to its clients whatever a fault says, byte by byte."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass

Serve = Callable[["Peer"], None]


@dataclass(frozen=True)
class Received:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def user(self) -> int:
        """The number that was sent as the user, to tell which row asks."""
        return int(re.search(rb'name="user"\r\n\r\n(\d+)', self.body)[1])


class Peer:
    """One connection of a client, and what was read from it.

    Attributes:
        number: which request of the server's life this is, from 1.
        address: of the server, as the client writes it, such as 127.0.0.1:8080.
    """

    def __init__(self, sock: socket.socket, server: FaultServer) -> None:
        self.sock = sock
        self.server = server
        self.number = 0
        self.address = server.address
        self.request = Received("", {}, b"")

    def read_head(self) -> None:
        """Read a request up to its body; it counts from here on."""
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):
            byte = self.sock.recv(1)
            if not byte:
                raise ConnectionError("the client left")
            head += byte
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        self.request = Received(first, headers, b"")
        self.number = self.server.count(self)

    def read(self) -> Received:
        """Read a request with its body, once."""
        if self.request.body:
            return self.request
        if not self.number:
            self.read_head()
        left = int(self.request.headers.get("content-length", "0"))
        body = bytearray()
        while len(body) < left:
            chunk = self.sock.recv(left - len(body))
            if not chunk:
                raise ConnectionError("the client left")
            body += chunk
        self.request = Received(self.request.line, self.request.headers, bytes(body))
        self.server.received[self.number - 1] = self.request
        return self.request

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def answer(self, status: int, body: object = b"", **headers: str) -> None:
        """Answer properly; anything but bytes becomes JSON; header names use _ for -."""
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = {"content_type": kind, "content_length": str(len(content))} | headers
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
        self.send(f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + content)

    def wait_until_left(self) -> None:
        """Do nothing until the client closes the connection."""
        while self.sock.recv(65_536):
            pass

    def drip(self, data: bytes) -> None:
        """Send `data` again and again, slowly, until the client leaves."""
        while not self.server.stopping.wait(0.02):
            self.send(data)

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class FaultServer:
    """Serves every connection in a thread of its own until it is left as a context.

    Attributes:
        received: the requests, in the order in which they came.
        connections: how many were accepted.
        gone: set once a client's connection has ended.
    """

    def __init__(
        self, serve: Serve, *, tls: ssl.SSLContext | None = None, receive_buffer: int = 0
    ) -> None:
        self._serve = serve
        self._tls = tls
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.received: list[Received] = []
        self.connections = 0
        self.stopping = threading.Event()
        self.gone = threading.Event()
        self._listener = socket.socket()
        if receive_buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self.port: int = self._listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def __enter__(self) -> FaultServer:
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def count(self, peer: Peer) -> int:
        with self._lock:
            self.received.append(peer.request)
            return len(self.received)

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._attend, args=(sock,), daemon=True).start()

    def _attend(self, sock: socket.socket) -> None:
        with self._lock:
            self._open.add(sock)
        peer = Peer(sock, self)
        try:
            if self._tls is not None:
                peer.sock = self._tls.wrap_socket(sock, server_side=True)
            self._serve(peer)
            with contextlib.suppress(OSError):
                # Closing with unread data would reset the connection and lose the answer.
                peer.sock.shutdown(socket.SHUT_WR)
                peer.wait_until_left()
        except (OSError, ValueError):
            return
        finally:
            with self._lock:
                self._open.discard(sock)
            peer.sock.close()
            self.gone.set()


@contextlib.contextmanager
def full_port():
    """A port whose queue of connections is full, so that further ones hang."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        waiting = []
        try:
            while True:
                sock = socket.socket()
                waiting.append(sock)
                sock.settimeout(0.2)
                sock.connect(address)
        except TimeoutError:
            yield address[1]
        finally:
            for sock in waiting:
                sock.close()


@contextlib.contextmanager
def closed_port():
    """A port on which nobody listens, and that nobody else is given meanwhile."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()[1]


def free_port() -> int:
    """A port for a program that has to be told one: below those that systems give out by chance."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no port is free")
