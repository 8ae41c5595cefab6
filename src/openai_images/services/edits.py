"""A variation through the edits call of a GPT Image model: the picture and a prompt."""

from __future__ import annotations

from ..connection import Connection, ServiceKind
from ..errors import InvalidPicture, InvalidRequest
from ..options import EditOptions
from ..pictures import check_readable, sniff
from ..request import VariationRequest
from ..response import ApiResponse
from ..transport import FilePart
from ..watch import UNWATCHED, Watch
from .scaling import scale_down
from .service import RemoteService

# From OpenAI's published description of POST /images/edits.
MAX_PICTURE_BYTES = 50 * 1000 * 1000
MEDIA_TYPES = {"PNG": "image/png", "WEBP": "image/webp", "JPEG": "image/jpeg"}
# GPT Image models make no picture of fewer than 655,360 pixels; smaller ones are scaled here.
SMALLEST_SIZE = 1024
# As many names of models as a message shows.
_MODELS_NAMED = 10


class EditsService(RemoteService):
    """`POST {base URL}/images/edits`."""

    def check(self, request: VariationRequest) -> None:
        _check_model(request, self._connection)
        media_type_of(request)
        content = bytes(request.image)
        if len(content) >= MAX_PICTURE_BYTES:
            raise InvalidPicture(
                f"{request.image_name} has {len(content):,} bytes; the edits call takes "
                "less than 50 MB: scale it down, or prepare the image (crop or pad)."
            )
        check_readable(request.image, request.image_name)

    def takes(self, picture: bytes) -> bool:
        return sniff(picture) in MEDIA_TYPES and len(picture) < MAX_PICTURE_BYTES

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        self.check(request)
        if request.response_format == "url":
            watch.warn(
                "The edits call always answers with base64 texts: Data holds those, not URLs."
            )
        picture = FilePart(
            self._connection.edits.image_field,
            request.image_name,
            bytes(request.image),
            media_type_of(request),
        )
        response = self._transport.post_form(
            "/images/edits", form_fields(request, self._connection), [picture], watch
        )
        if response.status < 400 and request.size is not None and request.pixels < SMALLEST_SIZE:
            return scale_down(response, request.pixels, request.count)
        return response


def _check_model(request: VariationRequest, connection: Connection) -> None:
    """OpenAI and Azure have no default for this call; other servers may have one."""
    if connection.service is ServiceKind.COMPATIBLE or request.model or connection.default_model:
        return
    found = ", ".join(model.name for model in connection.models[:_MODELS_NAMED])
    where = f"found there: {found}" if found else "a check of the connection lists them"
    raise InvalidRequest(
        "The edits call needs a model, and none is set: enter the name of a GPT Image model "
        f"({where})."
    )


def media_type_of(request: VariationRequest) -> str:
    """The media type of the request's picture.

    Raises:
        InvalidPicture: it is of a kind that the call does not take.
    """
    kind = sniff(bytes(request.image))
    if kind not in MEDIA_TYPES:
        raise InvalidPicture(
            f"{request.image_name} is no PNG, JPEG or WebP picture, which the edits call "
            "needs: convert it, or prepare the image (crop or pad)."
        )
    return MEDIA_TYPES[kind]


def form_fields(request: VariationRequest, connection: Connection) -> list[tuple[str, str]]:
    """The edits call's text parts: the request's fields as far as a GPT Image model knows them."""
    size = max(request.pixels, SMALLEST_SIZE)
    # GPT Image models refuse the field; other servers would answer with URLs of their own kind.
    asks_for_base64 = request.response_format and connection.service is ServiceKind.COMPATIBLE
    fields = {
        "model": request.model or connection.default_model,
        "prompt": connection.edits.prompt,
        "n": "" if request.n is None else str(request.n),
        "size": "" if request.size is None else f"{size}x{size}",
        "response_format": "b64_json" if asks_for_base64 else "",
        **_options(connection.edits),
        "user": request.user or "",
        **dict(request.extra_fields),
    }
    return [(name, value) for name, value in fields.items() if value]


def _options(options: EditOptions) -> dict[str, str]:
    compression = options.output_compression
    return {
        "quality": options.quality,
        "background": options.background,
        "output_format": options.output_format,
        "output_compression": "" if compression is None else str(compression),
        "input_fidelity": options.input_fidelity,
        "moderation": options.moderation,
    }
