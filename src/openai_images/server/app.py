"""The ASGI application: endpoints, page, errors, start and end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from ..engine import Pool
from ..text import one_line
from .access import AccessLog
from .body import drain
from .page import page_routes
from .refusal import Refusal
from .results import ResultStore
from .routes import Api
from .settings import Settings

__all__ = ["create_app"]

_SWEEP_SECONDS = 30.0
_CLIENT_GONE = 499  # nginx's status for it; only the log sees it


def create_app(settings: Settings) -> ASGIApp:
    """The server as an ASGI application; its lifespan starts and ends the engine's processes."""
    pool = Pool(settings.workers, apart=True)
    store = ResultStore(settings.results_dir, settings.result_seconds, settings.results_bytes)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        pool.start()
        sweeper = asyncio.ensure_future(_sweep(store))
        try:
            yield
        finally:
            sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await sweeper
            await anyio.to_thread.run_sync(pool.close)
            store.close()

    async def on_refusal(request: Request, error: Exception) -> Response:
        refusal = _as_refusal(request, error)
        if refusal.code:
            request.state.log["code"] = refusal.code
        if request.method not in ("GET", "HEAD"):
            await drain(request, settings.limits)
        return refusal.response()

    async def on_disconnect(request: Request, error: Exception) -> Response:
        return Response(status_code=_CLIENT_GONE)

    handlers = {
        Refusal: on_refusal,
        HTTPException: on_refusal,
        ClientDisconnect: on_disconnect,
        Exception: on_refusal,
    }
    routes = [*Api(settings, pool, store).routes(), *page_routes()]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)
    if settings.allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.allow_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["*"],
            expose_headers=["x-request-id", "retry-after"],
        )
    return AccessLog(app)


def _as_refusal(request: Request, error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if not isinstance(error, HTTPException):
        return Refusal(
            500,
            "The server had an error while processing your request. Its log says more.",
            kind="server_error",
            code="internal_error",
        )
    call = one_line(f"{request.method} {request.url.path}", 120)
    if error.status_code == 405:
        message = f"Not allowed: {call}."
        return Refusal(405, message, code="method_not_supported", headers=error.headers)
    return Refusal(error.status_code, f"Invalid URL ({call})", headers=error.headers)


async def _sweep(store: ResultStore) -> None:
    while True:
        await asyncio.sleep(_SWEEP_SECONDS)
        await anyio.to_thread.run_sync(store.sweep)
