"""Request ids, timing and the access log: one JSON object a line, without keys.

A line never holds a header, a query or a result's token: those may open something.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import datetime, timezone
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..services.answer import new_request_id

__all__ = ["AccessLog", "JsonLines", "log_to"]

_LOGGER = logging.getLogger("openai_images.access")


class AccessLog:
    """Wraps the application; `request.state.log` takes what an endpoint has to add to its line."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log it; the server's start and end pass through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, receive, send)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            _LOGGER.info("request", extra={"line": exchange.line()})


class _Exchange:
    """One request and its answer, counted while they pass."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._began = time.monotonic()
        self._request_id = new_request_id()
        self._status: int | None = None
        self._bytes_in = self._bytes_out = 0
        self._extra: dict[str, Any] = {}
        scope.setdefault("state", {})["log"] = self._extra

    async def receive(self) -> Message:
        message = await self._receive()
        self._bytes_in += len(message.get("body", b""))
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self._request_id
            headers["openai-processing-ms"] = str(round(1000 * self._seconds()))
        self._bytes_out += len(message.get("body", b""))
        await self._send(message)

    def line(self) -> dict[str, Any]:
        client = self._scope.get("client")
        return {
            "request_id": self._request_id,
            "client": client[0] if client else None,
            "method": self._scope["method"][:20],
            "path": _without_token(self._scope["path"])[:200],
            "status": self._status,
            "seconds": round(self._seconds(), 3),
            "bytes_in": self._bytes_in,
            "bytes_out": self._bytes_out,
            **self._extra,
        }

    def _seconds(self) -> float:
        return time.monotonic() - self._began


class JsonLines(logging.Formatter):
    """Every record as one JSON object a line, those of the web server's own logger too."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON; a record that brings a `line` is that line."""
        at = datetime.fromtimestamp(record.created, timezone.utc)
        entry = {"time": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower()}
        line = getattr(record, "line", None)
        entry |= line if isinstance(line, dict) else {"message": record.getMessage()}
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry)


def log_to(stream: Any = None) -> None:
    """Send the server's logs to `stream`, standard output if None."""
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonLines())
    for name in ("openai_images.access", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    # It has a line for every byte of a malformed form; the refusal says enough.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


def _without_token(path: str) -> str:
    return "/results/…" if path.startswith("/results/") else path
