"""The variations call of any OpenAI-compatible server."""

from __future__ import annotations

from ..pictures import check_for_variation
from ..request import VariationRequest
from ..response import ApiResponse
from ..transport import FilePart
from ..watch import UNWATCHED, Watch
from .service import RemoteService


class VariationsService(RemoteService):
    """`POST {base URL}/images/variations`."""

    def check(self, request: VariationRequest) -> None:
        check_for_variation(request.image, request.image_name)

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        self.check(request)
        fields = request.fields()
        if request.model is None and self._connection.default_model:
            fields.insert(0, ("model", self._connection.default_model))
        picture = FilePart("image", request.image_name, bytes(request.image), "image/png")
        return self._transport.post_form("/images/variations", fields, [picture], watch)
