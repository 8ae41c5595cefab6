"""Reading requests' bodies within limits of size, time and what is held of all together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from starlette.requests import ClientDisconnect, Request

from .refusal import Refusal
from .settings import Limits

__all__ = ["Bodies", "Held", "drain", "read_body"]

CLOSE = {"connection": "close"}
_DRAIN_SECONDS = 5.0


class Bodies:
    """Bounds the bytes of all bodies that are held at once.

    When they are too many, the body that has been arriving for longest makes room: a client that
    stops in the middle keeps nobody out.
    """

    def __init__(self, max_bytes: int) -> None:
        self._free = max_bytes
        self._arriving: list[Held] = []

    @contextmanager
    def hold(self) -> Iterator[Held]:
        """Room for one body, as it comes, until the block or `Held.release` ends it."""
        held = Held(self)
        self._arriving.append(held)
        try:
            yield held
        finally:
            held.release()

    def take(self, held: Held, count: int) -> None:
        held.bytes += count
        self._free -= count
        while self._free < 0 and not held.pushed_out:
            self._arriving[0].push_out()

    def give_back(self, held: Held) -> None:
        self._free += held.bytes
        held.bytes = 0
        self.arrived(held)

    def arrived(self, held: Held) -> None:
        if held in self._arriving:
            self._arriving.remove(held)


class Held:
    """What is held of one body."""

    def __init__(self, bodies: Bodies) -> None:
        self.bytes = 0
        self.pushed_out = False
        self.scope = anyio.CancelScope()
        self._bodies = bodies

    def grow(self, count: int) -> None:
        """Count bytes that came; some body, this one at worst, may be pushed out for them."""
        self._bodies.take(self, count)

    def complete(self) -> None:
        """From now on the body stays until it is released."""
        self._bodies.arrived(self)

    def release(self) -> None:
        """The bytes are gone."""
        self._bodies.give_back(self)

    def push_out(self) -> None:
        self.pushed_out = True
        self.release()
        self.scope.cancel()


async def read_body(request: Request, limits: Limits, held: Held) -> bytes:
    """The whole body.

    Raises:
        Refusal: 413, it is larger than the limit; 408, it took longer than the limit; 503, there
            is no room for it.
        ClientDisconnect: the client went away.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limits.body_bytes:
        raise _too_large(limits)
    body = bytearray()
    held.scope.deadline = anyio.current_time() + limits.body_seconds
    with held.scope:
        more = True
        while more:
            before = len(body)
            more = await _receive(request, body, limits.body_bytes)
            if len(body) > limits.body_bytes:
                raise _too_large(limits)
            held.grow(len(body) - before)
        if not held.pushed_out:
            held.complete()
            return bytes(body)
    request.state.body_read = True  # what may still come is not waited for
    if held.pushed_out:
        raise Refusal(
            503,
            "The server holds as many request bodies as it can. Please try again.",
            kind="server_error",
            code="server_busy",
            headers={"retry-after": "2", **CLOSE},
        )
    raise Refusal(
        408,
        f"The request's body did not arrive within {limits.body_seconds:g} seconds.",
        code="request_timeout",
        headers=CLOSE,
    )


async def drain(request: Request, limits: Limits) -> None:
    """Take in and forget what is left of the body, so that the client sees the answer.

    A client that is still sending when the connection closes gets a broken pipe in its place.
    What exceeds the limits again, or a few seconds, is left unread.
    """
    if getattr(request.state, "body_read", False) or "expect" in request.headers:
        return
    passed = 0
    with anyio.move_on_after(min(limits.body_seconds, _DRAIN_SECONDS)):
        while passed <= 2 * limits.body_bytes:
            chunk = bytearray()
            try:
                if not await _receive(request, chunk, limits.body_bytes):
                    return
            except ClientDisconnect:
                return
            passed += len(chunk)


async def _receive(request: Request, body: bytearray, limit: int) -> bool:
    """Add the next piece of the body to `body`, and say whether more will come."""
    message = await request.receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    body += message.get("body", b"")[: limit + 1]
    more = bool(message.get("more_body", False))
    request.state.body_read = not more
    return more


def _too_large(limits: Limits) -> Refusal:
    return Refusal(
        413,
        f"The request's body is larger than {limits.body_bytes:,} bytes.",
        code="request_too_large",
        headers=CLOSE,
    )
