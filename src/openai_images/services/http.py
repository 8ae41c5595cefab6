"""The variations call of any OpenAI-compatible server."""

from __future__ import annotations

from ..connection import Connection, Model
from ..pictures import check_for_variation
from ..request import VariationRequest
from ..response import ApiResponse
from ..transport import FilePart, Transport
from .service import ImageService


class HttpService(ImageService):
    """`POST {base URL}/images/variations`."""

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection = connection
        self._transport = transport

    def check(self, request: VariationRequest) -> None:
        check_for_variation(request.image, request.image_name)

    def create_variation(self, request: VariationRequest) -> ApiResponse:
        self.check(request)
        fields = request.fields()
        if request.model is None and self._connection.default_model:
            fields.insert(0, ("model", self._connection.default_model))
        picture = FilePart("image", request.image_name, request.image, "image/png")
        return self._transport.post_form("/images/variations", fields, [picture])

    def fetch(self, url: str) -> bytes:
        return self._transport.download(url)

    def list_models(self) -> tuple[Model, ...]:
        return self._transport.list_models()

    def close(self) -> None:
        self._transport.close()
