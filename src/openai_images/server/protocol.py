"""What uvicorn's HTTP/1.1 protocol lacks: bounds for connections that take and give nothing.

A head has a time limit. Idle connections are bounded for each address and, like all that have no
complete request, make room for new ones, so that nobody can lock the others out. An answer that is
not read is given up. What is no HTTP is answered in OpenAI's error envelope.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .refusal import Refusal
from .settings import Settings

__all__ = ["protocol_class"]

_LEAST_READ = 64 * 1024
"""Bytes of an answer that a client takes within `Limits.read_seconds`, or all that are left."""


def protocol_class(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol with the bounds of `settings`."""
    return type("Protocol", (_Protocol,), {"settings": settings})


class _Protocol(H11Protocol):
    settings: Settings

    _due: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # so that we hear of every answer not taken
        self._since = self.loop.time()
        self._expect_head()
        self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._expect_head()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_reader()

    def resume_writing(self) -> None:
        self._stop_watching()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, unless an answer has begun, and hang up."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            answer = Refusal(400, msg, code="invalid_http_request").response()
            headers = [*answer.raw_headers, (b"connection", b"close")]
            for event in (
                h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
                h11.Data(data=bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def _stage(self) -> int | None:
        """0 without a request yet, 1 after one, 2 in the middle of a body; None while at work."""
        if self.cycle is None:
            return 0
        if self.cycle.response_complete:
            return 1
        return 2 if self.cycle.more_body else None

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _make_room(self) -> None:
        """Hang up on who holds a place for nothing, if this connection is one too many."""
        others = [
            one
            for one in self.connections
            if isinstance(one, _Protocol) and one is not self and not one.transport.is_closing()
        ]
        idle = [one for one in others if one._stage in (0, 1) and one._address == self._address]
        if len(idle) >= self.settings.idle_connections:
            min(idle, key=lambda one: (one._stage, one._since)).transport.abort()
        elif len(others) >= self.settings.connections:
            self._push_out(others)

    def _push_out(self, others: list[_Protocol]) -> None:
        """Hang up on one of `others`; if all are at work, this connection is told to come later."""
        by_address = Counter(one._address for one in others)
        waiting = [one for one in others if one._stage is not None]
        if waiting:
            worst = min(waiting, key=lambda o: (o._stage, -by_address[o._address], o._since))
            worst.transport.abort()
        elif len(others) < 2 * self.settings.connections:
            self.app_state = {**self.app_state, "crowded": True}
        else:
            self.transport.abort()

    def _expect_head(self) -> None:
        if self._due is None:
            seconds = self.settings.limits.head_seconds
            self._due = self.loop.call_later(seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _watch_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        seconds = self.settings.limits.read_seconds
        self._stop_watching()
        self._unread = self.loop.call_later(seconds, self._check_reader, left)

    def _check_reader(self, before: int) -> None:
        if before - self.transport.get_write_buffer_size() < _LEAST_READ:
            self.transport.abort()
        else:
            self._watch_reader()

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None
