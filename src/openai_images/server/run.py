"""The server process: a socket, uvicorn, and an end that lets running calls finish."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from ..errors import InvalidSettings
from .access import log_to
from .app import create_app
from .protocol import protocol_class
from .settings import Settings

__all__ = ["configure", "listen", "serve"]

_KEEP_ALIVE_SECONDS = 30
_HEAD_BYTES = 32 * 1024


def serve(settings: Settings, listening: Callable[[str, int], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; calls that run then have `shutdown_seconds` to finish.

    Args:
        listening: is told the address and the port once clients can connect.

    Raises:
        InvalidSettings: the address cannot be listened on.
    """
    # Each engine process works on one core; more threads would only get in each other's way.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    listener = listen(settings)
    log_to()
    host, port = listener.getsockname()[:2]
    line = {"message": "listening", "host": host, "port": port, "workers": settings.workers}
    logging.getLogger("openai_images.access").info("listening", extra={"line": line})
    if listening is not None:
        listening(host, port)
    with suppress(KeyboardInterrupt):  # uvicorn raises it again once it has ended in good order
        uvicorn.Server(configure(settings)).run(sockets=[listener])


def listen(settings: Settings) -> socket.socket:
    """The listening socket.

    Raises:
        InvalidSettings: the address is not this machine's, or is in use.
    """
    host = _literal(settings.host.strip("[]"))
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=256)
    except OSError as error:
        raise InvalidSettings(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Choose another with --host and --port."
        ) from None


def configure(settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration: HTTP/1.1, our logs, and a bound to everything."""
    return uvicorn.Config(
        create_app(settings),
        http=protocol_class(settings),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


def _literal(host: str) -> str:
    """An IPv4 address that is written as an IPv6 one, as what it is."""
    try:
        ip = ipaddress.IPv6Address(host)
    except ValueError:
        return host
    return str(ip.ipv4_mapped or ip)
