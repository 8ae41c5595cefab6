"""Reading a request's body within limits of size and time."""

from __future__ import annotations

import anyio
from starlette.requests import ClientDisconnect, Request

from .refusal import Refusal
from .settings import Limits

__all__ = ["drain", "read_body"]

CLOSE = {"connection": "close"}
_DRAIN_SECONDS = 5.0


async def read_body(request: Request, limits: Limits) -> bytes:
    """The whole body.

    Raises:
        Refusal: 413, it is larger than the limit; 408, it took longer than the limit.
        ClientDisconnect: the client went away.
    """
    announced = request.headers.get("content-length", "0")
    if not announced.isdigit() or int(announced) > limits.body_bytes:
        raise _too_large(limits)
    body = bytearray()
    with anyio.move_on_after(limits.body_seconds):
        more = True
        while more:
            more = await _receive(request, body, limits.body_bytes)
            if len(body) > limits.body_bytes:
                raise _too_large(limits)
        return bytes(body)
    request.state.body_read = True  # what may still come is not waited for
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
