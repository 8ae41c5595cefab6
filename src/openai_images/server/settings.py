"""What the operator of the server chooses, and what of it is refused."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from ..addresses import is_loopback
from ..errors import InvalidSettings
from ..text import one_line
from .keys import KEYS_VARIABLE, KeyRing

__all__ = ["Limits", "Settings"]

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one request.

    Attributes:
        body_bytes: the whole body, form included.
        body_seconds: from the first to the last byte of the body.
        head_seconds: from connecting, or the head's first byte, to its last.
        call_seconds: from the complete body to the answer, the wait in the queue included; as
            long as OpenAI's client waits.
        read_seconds: until a client has taken some of an answer.
        parts: parts of the form.
        field_bytes: one text field; a prompt of 32,000 characters fits in any script.
        pixels: width times height of the picture.
    """

    body_bytes: int = 16 * MIB
    body_seconds: float = 30.0
    head_seconds: float = 10.0
    call_seconds: float = 600.0
    read_seconds: float = 30.0
    parts: int = 40
    field_bytes: int = 130_000
    pixels: int = 40_000_000

    def __post_init__(self) -> None:
        _check_positive(self)


@dataclass(frozen=True)
class Settings:
    """The server's settings.

    Attributes:
        host, port: where it listens; port 0 takes a free one.
        workers: engine processes; each makes one picture at a time.
        queue: calls that may wait beyond those that the workers could all start on.
        keys: who may call; empty is allowed on loopback addresses only.
        public_url: the address by which clients reach the server, such as
            `https://images.example.org`; empty to take it from each request's Host header.
        results_dir: folder for `url` results; None for a private temporary one.
        result_seconds: how long a `url` result lives.
        results_bytes: how much disk the results may take together.
        connections: open connections; beyond them, one without a complete request is closed for
            each new one, and if there is none, the new one is answered 503.
        idle_connections: of them, those of one address that ask for nothing.
        bodies_bytes: of all request bodies that are held at once.
        allow_origins: sites besides the server's own whose pages may use it, such as
            `https://app.example.org`.
        shutdown_seconds: how long calls may go on after the signal to end.

    Raises:
        InvalidSettings: a value is out of range, or the server would be open to everybody.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    queue: int = 128
    keys: KeyRing = field(default_factory=KeyRing)
    public_url: str = ""
    results_dir: Path | None = None
    result_seconds: float = 3600.0
    results_bytes: int = 4096 * MIB
    connections: int = 256
    idle_connections: int = 128
    bodies_bytes: int = 128 * MIB
    allow_origins: tuple[str, ...] = ()
    shutdown_seconds: int = 30
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65_535:
            raise InvalidSettings(f"Port is {self.port}; it must be 0 to 65535.")
        if self.queue < 0:
            raise InvalidSettings(f"Queue is {self.queue}; it must be 0 or more calls.")
        _check_positive(self)
        _check_public_url(self.public_url)
        for origin in self.allow_origins:
            _check_origin(origin)
        if not self.keys and not is_loopback(self.host):
            raise InvalidSettings(
                f'Without API keys the server would be open to all who reach "{self.host}": '
                f"give keys by --api-key-file or {KEYS_VARIABLE}, or listen on 127.0.0.1."
            )

    @property
    def capacity(self) -> int:
        """How many calls may be in the server at once, running and waiting."""
        return self.workers + self.queue


def _check_positive(values: Limits | Settings) -> None:
    free = {"port", "queue"}
    for name, value in vars(values).items():
        if isinstance(value, (int, float)) and name not in free and not value > 0:
            label = name.replace("_", " ").capitalize()
            raise InvalidSettings(f"{label} is {value}; it must be more than 0.")


def _check_public_url(url: str) -> None:
    if not url:
        return
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable or "@" in url or "?" in url or "#" in url:
        raise InvalidSettings(
            f'The public URL is "{url}"; write it like https://images.example.org.'
        )


def _check_origin(origin: str) -> None:
    if not re.fullmatch(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", origin):
        raise InvalidSettings(
            f'The origin "{one_line(origin)}" cannot be allowed; write it in small letters and '
            "without a path, like https://app.example.org."
        )
