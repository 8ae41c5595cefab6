"""The endpoints."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .. import __version__, engine
from ..errors import InvalidPicture
from ..services.answer import b64_item, images_json, url_item
from ..services.embedded import MODEL
from ..text import one_line
from .admission import Admission
from .body import Bodies, Held, read_body
from .calls import Call, edit_call, variation_call
from .form import Form, parse_form
from .hosts import Hosts
from .openapi import openapi
from .picture import read_picture
from .refusal import Refusal
from .results import ResultStore
from .settings import Settings

__all__ = ["Api"]

_MODEL_CARD = {"id": MODEL, "object": "model", "created": 0, "owned_by": "openai-images"}

T = TypeVar("T")
Endpoint = Callable[[Request], Awaitable[Response]]


class Api:
    """The calls of OpenAI's API that this server answers, and what they share."""

    def __init__(self, settings: Settings, pool: engine.Pool, store: ResultStore) -> None:
        self._settings = settings
        self._pool = pool
        self._store = store
        self._hosts = Hosts(settings)
        patience = settings.limits.call_seconds
        self._admission = Admission(settings.capacity, settings.workers, patience)
        self._bodies = Bodies(settings.bodies_bytes)
        self._decoders = anyio.CapacityLimiter(settings.workers)
        # Decoded pictures are large: no more of them than keep the workers busy.
        self._turns = asyncio.Semaphore(2 * settings.workers)

    def routes(self) -> list[Route]:
        """All endpoints but the page's."""
        return [
            self._route("/v1/images/variations", self._variations, "POST"),
            self._route("/v1/images/edits", self._edits, "POST"),
            self._route("/v1/models", self._models, "GET"),
            self._route("/v1/models/{model}", self._model, "GET"),
            self._route("/health", self._health, "GET", public=True),
            self._route("/openapi.json", self._openapi, "GET", public=True),
            self._route("/results/{token}.png", self._result, "GET", public=True),
        ]

    def _route(self, path: str, endpoint: Endpoint, method: str, *, public: bool = False) -> Route:
        async def guarded(request: Request) -> Response:
            self._hosts.check(request)
            if getattr(request.state, "crowded", False) and path != "/health":
                raise _crowded()
            if not public:
                self._check_key(request)
            return await endpoint(request)

        return Route(path, guarded, methods=[method])

    def _check_key(self, request: Request) -> None:
        if not self._settings.keys:
            return
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        key = token.strip() if scheme.lower() == "bearer" else request.headers.get("api-key", "")
        if self._settings.keys.opens(key):
            return
        headers = {"www-authenticate": "Bearer"}
        if not key:
            raise Refusal(
                401,
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
                headers=headers,
            )
        raise Refusal(401, "Incorrect API key provided.", code="invalid_api_key", headers=headers)

    async def _variations(self, request: Request) -> Response:
        return await self._answer(request, variation_call)

    async def _edits(self, request: Request) -> Response:
        return await self._answer(request, edit_call)

    async def _answer(self, request: Request, read: Callable[[Form], Call]) -> Response:
        self._admission.check()
        with self._bodies.hold() as held:
            call = await self._call(request, read, held)
            request.state.log["images"] = call.n
            with self._admission.admit(call.n):
                made = await self._make(request, call, held)
                answer = await self._json(request, call, [image.png for image in made])
                return JSONResponse(answer, headers=self._admission.headers())

    async def _call(self, request: Request, read: Callable[[Form], Call], held: Held) -> Call:
        limits = self._settings.limits
        body = await read_body(request, limits, held)
        return read(parse_form(request.headers, body, limits))

    async def _make(self, request: Request, call: Call, held: Held) -> list[engine.Made]:
        try:
            made = await self._while_wanted(request, self._pictures(call, held))
        except InvalidPicture as error:
            raise Refusal(400, str(error), param="image", code="invalid_image_file") from None
        except engine.EngineError:
            raise Refusal(
                503,
                "The engine failed. Please try again.",
                kind="server_error",
                code="engine_failed",
                headers={"retry-after": "1"},
            ) from None
        for image in made:
            self._admission.measured(image.seconds)
        return made

    async def _pictures(self, call: Call, held: Held) -> list[engine.Made]:
        """The variations of a call, in order; a cancel ends those that are being made."""
        async with self._turns:
            picture = await self._picture(call)
            held.release()
            making = [asyncio.wrap_future(self._pool.submit(task)) for task in call.tasks(picture)]
            try:
                return list(await asyncio.gather(*making))
            finally:
                for one in making:
                    one.cancel()

    async def _picture(self, call: Call) -> engine.Square:
        read = partial(
            read_picture,
            call.picture,
            self._settings.limits.pixels,
            crop=call.crop,
            to_prepare=call.prepare,
        )
        try:
            return await anyio.to_thread.run_sync(read, limiter=self._decoders)
        finally:
            call.picture.forget()

    async def _while_wanted(
        self, request: Request, making: Awaitable[list[engine.Made]]
    ) -> list[engine.Made]:
        """Wait for the images, until the time is up or the client is gone."""
        limit = self._settings.limits.call_seconds
        work = asyncio.ensure_future(making)
        gone = asyncio.ensure_future(request.receive())  # the body is read: only the end can come
        try:
            await asyncio.wait({work, gone}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if gone.done():
                raise ClientDisconnect
            raise Refusal(
                503,
                f"The images were not ready within {limit:g} seconds. Please try again.",
                kind="server_error",
                code="timeout",
                headers={"retry-after": "5"},
            )
        finally:
            work.cancel()
            gone.cancel()

    async def _json(self, request: Request, call: Call, pngs: list[bytes]) -> dict[str, object]:
        created = int(time.time())
        if call.as_url:
            tokens = await anyio.to_thread.run_sync(self._store.save, pngs)
            paths = [f"/results/{token}.png" for token in tokens]
            items = [url_item(self._hosts.address(request, path)) for path in paths]
        else:
            items = [b64_item(png) for png in pngs]
        answer = images_json(
            items,
            created=created,
            png=pngs[0],
            pixels=call.pixels,
            seed=call.seed,
            strength=call.strength,
        )
        return answer | ({"note": call.note} if call.note else {})

    async def _models(self, request: Request) -> Response:
        return JSONResponse({"object": "list", "data": [_MODEL_CARD]})

    async def _model(self, request: Request) -> Response:
        name = request.path_params["model"]
        if name == MODEL:
            return JSONResponse(_MODEL_CARD)
        raise Refusal(
            404,
            f"The model '{one_line(name, 100)}' does not exist.",
            param="model",
            code="model_not_found",
        )

    async def _health(self, request: Request) -> Response:
        return JSONResponse(
            {
                "status": "ok",
                "version": __version__,
                "key_required": bool(self._settings.keys),
                "capacity": self._admission.capacity,
                "free": self._admission.free,
            }
        )

    async def _openapi(self, request: Request) -> Response:
        return JSONResponse(openapi(self._settings))

    async def _result(self, request: Request) -> Response:
        found = await anyio.to_thread.run_sync(self._store.read, request.path_params["token"])
        if found is None:
            raise Refusal(404, "This result does not exist, or its time is over.", code="not_found")
        png, seconds = found
        headers = {
            "cache-control": f"private, max-age={seconds}",
            "x-content-type-options": "nosniff",
        }
        return Response(png, media_type="image/png", headers=headers)


def _crowded() -> Refusal:
    return Refusal(
        503,
        "The server has as many connections as it can serve. Please try again.",
        kind="server_error",
        code="too_many_connections",
        headers={"retry-after": "2", "connection": "close"},
    )
