"""From an answer to pictures: read it, decode its images, report what is not as asked for."""

from __future__ import annotations

import base64
import binascii
from contextlib import suppress
from dataclasses import dataclass, field, replace

from .. import bounded_json
from ..connection import Connection
from ..errors import BadAnswer, ErrorAnswer, InvalidPicture, ServiceError
from ..pictures import clean_png
from ..request import VariationRequest
from ..response import ApiResponse, ImageData, ImagesResponse
from ..text import one_line
from ..transport import error_answer
from ..watch import Watch, raise_if_canceled
from .service import ImageService

__all__ = ["ResultImage", "collect_images", "read_answer"]

_DATA_URL = "data:image/png;base64,"


@dataclass(frozen=True)
class ResultImage:
    """One image of an answer.

    Attributes:
        index: position in the answer, from 0.
        png: the picture as a PNG file; None where there is none to be had.
        width, height: in pixels; None without a picture.
        problem: why there is no picture, as a sentence; empty where there is one.
    """

    index: int
    data: ImageData
    png: bytes | None = field(default=None, repr=False)
    width: int | None = None
    height: int | None = None
    problem: str = ""


def read_answer(response: ApiResponse, connection: Connection) -> ImagesResponse:
    """The JSON of a successful answer.

    Raises:
        ErrorAnswer: the status is no success, or the body of a success holds nothing but one.
        BadAnswer: the body is not that of an images call.
    """
    if not 200 <= response.status < 300:
        raise error_answer(response, connection)
    try:
        return ImagesResponse.parse(response)
    except BadAnswer:
        if _holds_an_error(response.body):
            raise _error_in_success(response, connection) from None
        raise


def collect_images(
    answer: ImagesResponse,
    request: VariationRequest,
    service: ImageService,
    watch: Watch,
    *,
    download: bool,
) -> tuple[ResultImage, ...]:
    """The pictures of an answer, in its order; what is not as asked for goes to `watch.warn`.

    Args:
        download: whether web addresses are fetched; base64 texts always are decoded.

    Raises:
        BadAnswer: neither a picture nor a web address could be had: nothing is left to keep.
        Canceled: the watch said so.
    """
    images = []
    for index, data in enumerate(answer.data):
        raise_if_canceled(watch)
        if download and not data.b64_json and not (data.url or "").startswith("data:"):
            watch.progress(f"Fetching image {index + 1} of {len(answer.data)}")
        images.append(_image(index, data, service, watch, download))
    problems = [image.problem for image in images if image.problem]
    if len(problems) == len(images) and not any(image.data.url for image in images):
        raise BadAnswer(
            f"The service sent {len(images)} image(s), none usable: {problems[0]}",
            may_be_billed=True,
        )
    for message in (*problems, *_differences(images, request)):
        watch.warn(message)
    return tuple(images)


def _image(
    index: int, data: ImageData, service: ImageService, watch: Watch, download: bool
) -> ResultImage:
    image = ResultImage(index, data)
    try:
        content = _content(data, service, watch, download)
        if content is None:
            return image
        png, width, height = clean_png(content, f"Image {index + 1}")
    except (InvalidPicture, ServiceError) as error:
        return replace(image, problem=f"Image {index + 1} is missing: {error}")
    return replace(image, png=png, width=width, height=height)


def _content(data: ImageData, service: ImageService, watch: Watch, download: bool) -> bytes | None:
    if data.b64_json:
        return _decode(data.b64_json)
    if data.url is None:
        raise BadAnswer("the service sent neither base64 text nor a URL for it.")
    if data.url.startswith(_DATA_URL):
        return _decode(data.url[len(_DATA_URL) :])
    if download and not data.url.lower().startswith(("http://", "https://")):
        raise BadAnswer(
            f'the service sent "{one_line(data.url, 200)}", which is no web address and is never '
            "opened: set Response Format to b64_json."
        )
    return service.fetch(data.url, watch) if download else None


def _decode(text: str) -> bytes:
    # Some servers send a data URL where the base64 text alone belongs; some break lines.
    payload = text.partition(",")[2] if text.startswith("data:") else text
    with suppress(binascii.Error, ValueError):
        return base64.b64decode(payload, validate=True)
    with suppress(binascii.Error, ValueError):
        return base64.b64decode("".join(payload.split()), validate=True)
    raise BadAnswer(f"its base64 text ({len(text)} characters) cannot be decoded.")


def _differences(images: list[ResultImage], request: VariationRequest) -> list[str]:
    differences = []
    if len(images) != request.count:
        differences.append(f"{request.count} image(s) were asked for, {len(images)} came.")
    sizes = {f"{image.width}x{image.height}" for image in images if image.png}
    asked = f"{request.pixels}x{request.pixels}"
    if request.size is not None and sizes - {asked}:
        came = ", ".join(sorted(sizes - {asked}))
        differences.append(f"Size {asked} was asked for, {came} came; kept as it is.")
    return differences


def _holds_an_error(body: bytes) -> bool:
    try:
        value = bounded_json.loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and bool(value.get("error"))


def _error_in_success(response: ApiResponse, connection: Connection) -> ErrorAnswer:
    error = error_answer(response, connection)
    error.may_be_billed = True
    return error
