"""The embedded engine as a service: the same request, the same JSON, nobody called."""

from __future__ import annotations

import base64
import dataclasses
import json
import time
from collections.abc import Iterator

from .. import engine
from ..errors import Canceled
from ..models import Model
from ..options import EngineOptions, fresh_seed, read_seed, read_strength
from ..pictures import check_for_variation, open_for_variation
from ..request import DEFAULT_RESPONSE_FORMAT, VariationRequest
from ..response import ApiResponse
from ..watch import UNWATCHED, Watch, raise_if_canceled
from .answer import b64_item, images_json, new_request_id, url_item
from .service import ImageService

MODEL = "image-variation-engine"
"""The engine's name in lists of models; a request may name any other."""


class EmbeddedService(ImageService):
    """Makes variations on this machine.

    The extra form fields `strength` and `seed` go before the connection's options; all other
    extras, the model and the user are accepted and change nothing. The answer is that of OpenAI's
    variations call and says in `seed` and `strength` what was used. There is no server that could
    keep files, so a result as `url` is a `data:` URL: it holds the picture and never expires.
    """

    def __init__(
        self, options: EngineOptions, pool: engine.Pool | None = None, workers: int | None = None
    ) -> None:
        """
        Args:
            pool: who makes the variations, closed by its owner; None for one of the service's own.
            workers: of its own pool; None for one per core.
        """
        self._options = options
        self._pool = pool or engine.Pool(workers)
        self._owns_pool = pool is None

    def check(self, request: VariationRequest) -> None:
        self._options_for(request)
        check_for_variation(request.image, request.image_name)

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        raise_if_canceled(watch)
        options = self._options_for(request)
        seed = fresh_seed() if options.seed is None else options.seed
        with watch.turn():
            pngs = list(self._pictures(request, options, seed, watch))
        url = (request.response_format or DEFAULT_RESPONSE_FORMAT) == "url"
        body = images_json(
            [url_item(_data_url(png)) if url else b64_item(png) for png in pngs],
            created=int(time.time()),
            png=pngs[0],
            pixels=request.pixels,
            seed=seed,
            strength=options.strength,
        )
        headers = {"content-type": "application/json", "x-request-id": new_request_id()}
        return ApiResponse(200, headers, json.dumps(body).encode("ascii"))

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        return (Model(MODEL),)

    def close(self) -> None:
        if self._owns_pool:
            self._pool.close()

    def _options_for(self, request: VariationRequest) -> EngineOptions:
        options = self._options
        for name, text in request.extra_fields:
            if name == "strength":
                options = dataclasses.replace(options, strength=read_strength(text))
            elif name == "seed":
                options = dataclasses.replace(options, seed=read_seed(text))
        return options

    def _pictures(
        self, request: VariationRequest, options: EngineOptions, seed: int, watch: Watch
    ) -> Iterator[bytes]:
        """The variations as PNG files, in order; tells the watch after each."""
        image = open_for_variation(request.image, request.image_name, engine.MOST_USED)
        picture = engine.Square.of(image)
        tasks = [
            engine.Task(picture, request.pixels, seed, index, options.strength, options.mirror)
            for index in range(request.count)
        ]
        try:
            for number, made in enumerate(self._pool.make(tasks, watch.canceled), start=1):
                yield made.png
                done = number / request.count
                watch.progress(f"Made image {number} of {request.count}", done)
        except engine.Canceled:
            raise Canceled("Canceled.") from None


def _data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
