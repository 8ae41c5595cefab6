"""From an answer to pictures: read it, decode its images, report what is not as asked for."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import pybase64

from .. import bounded_json
from ..connection import Connection
from ..errors import BadAnswer, Canceled, ErrorAnswer, InvalidPicture, NoAnswer, ServiceError
from ..pictures import CleanPng, clean_png
from ..request import VariationRequest
from ..response import ApiResponse, ImageData, ImagesResponse
from ..text import one_line, shown_url
from ..transport import error_answer
from ..transport.limits import MAX_DOWNLOAD_BYTES
from ..watch import Watch, WatchThrough, raise_if_canceled
from .service import ImageService

__all__ = ["ResultImage", "collect_images", "read_answer"]

_DATA_URL = "data:image/png;base64,"
_BLANKS = " \t\r\n\f\v"
_WITHOUT_BLANKS = str.maketrans("", "", _BLANKS)

# Of all pictures of a call together: ten of 3840x2160, the largest that any call makes, and some.
MAX_PIXELS = 100_000_000
# In bytes: with the interpreter and its libraries the process stays under 400 MB.
MAX_MEMORY = 300_000_000
# Where the call had no deadline.
SECONDS = 300.0
# What is there already may still be opened so long after the deadline.
OPENING_SECONDS = 0.5


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
    ends: float | None = None,
) -> tuple[ResultImage, ...]:
    """The pictures of an answer, in its order, as many as were asked for and no more.

    Time and memory are bounded whatever the service sends; what was had before a bound is
    reached is kept. What is not as asked for goes to `watch.warn`, at most one sentence of each
    kind.

    Args:
        download: whether web addresses are fetched; base64 texts always are decoded.
        ends: when the call's deadline is over, see `ApiResponse.ends`.

    Raises:
        BadAnswer: neither a picture nor a web address could be had: nothing is left to keep.
        Canceled: the watch said so.
    """
    wanted = answer.data[: request.count]
    bounds = _Bounds.of(answer, ends)
    images = []
    for index, data in enumerate(wanted):
        raise_if_canceled(watch)
        if download and _is_elsewhere(data):
            watch.progress(f"Fetching image {index + 1} of {len(wanted)}")
        turn = _Turn(watch, bounds.share(len(wanted) - index))
        images.append(_image(index, data, service, turn, bounds, download))
    problems = [image.problem for image in images if image.problem]
    if len(problems) == len(images) and not any(image.data.url for image in images):
        raise BadAnswer(
            f"The service sent {len(images)} image(s), none usable: {problems[0]}",
            may_be_billed=True,
        )
    for message in (*_summed_up(problems, len(images)), *_differences(images, answer, request)):
        watch.warn(message)
    return tuple(images)


@dataclass
class _Bounds:
    """What the pictures of a call may still take.

    Attributes:
        ends: when their time is over, in seconds of the monotonic clock.
        pixels: of all pictures together; it bounds the work.
        memory: in bytes, for what is kept of them and what making it takes.
    """

    ends: float
    memory: int
    pixels: int = MAX_PIXELS

    @classmethod
    def of(cls, answer: ImagesResponse, ends: float | None) -> _Bounds:
        # Each base64 text is there twice: in the body of the answer, too.
        texts = sum(len(data.value or "") for data in answer.data)
        return cls(time.monotonic() + SECONDS if ends is None else ends, MAX_MEMORY - 2 * texts)

    def share(self, pictures: int) -> float:
        """When the next of so many pictures must be there, for the others to have their turn."""
        now = time.monotonic()
        return now + max(0.0, self.ends - now) / pictures

    def png(self, content: bytes, name: str) -> CleanPng:
        """A picture as a clean PNG file that is within the bounds, and counts."""
        if time.monotonic() > self.ends + OPENING_SECONDS:
            raise BadAnswer("the call's deadline is over.")
        png = clean_png(content, name, most_pixels=self.pixels, room=self.memory - len(content))
        self.pixels -= png.width * png.height
        self.memory -= len(png.content)
        return png


class _Turn(WatchThrough):
    """A watch that also ends the work once a picture's time is over."""

    def __init__(self, watch: Watch, ends: float) -> None:
        super().__init__(watch)
        self._ends = ends

    def canceled(self) -> bool:
        return time.monotonic() > self._ends or super().canceled()

    def fetch(self, service: ImageService, url: str) -> bytes:
        """As `service.fetch`; too late is a failure of this picture alone."""
        try:
            raise_if_canceled(self)
            return service.fetch(url, self)
        except Canceled:
            raise_if_canceled(self._watch)
            raise NoAnswer(
                f"{shown_url(url)} was not fetched: the call's deadline, which all its pictures "
                "share, is over."
            ) from None


def _image(
    index: int,
    data: ImageData,
    service: ImageService,
    turn: _Turn,
    bounds: _Bounds,
    download: bool,
) -> ResultImage:
    image = ResultImage(index, data)
    try:
        content = _content(data, service, turn, bounds, download)
        if content is None:
            return image
        png, width, height = bounds.png(content, f"Image {index + 1}")
    except (InvalidPicture, ServiceError) as error:
        return replace(image, problem=f"Image {index + 1} is missing: {error}")
    return replace(image, png=png, width=width, height=height)


def _content(
    data: ImageData, service: ImageService, turn: _Turn, bounds: _Bounds, download: bool
) -> bytes | None:
    if data.b64_json:
        return _decode(data.b64_json)
    if data.url is None:
        raise BadAnswer("the service sent neither base64 text nor a URL for it.")
    if data.url.startswith(_DATA_URL):
        return _decode(data.url[len(_DATA_URL) :])
    if not download:
        return None
    if not data.url.lower().startswith(("http://", "https://")):
        raise BadAnswer(
            f'the service sent "{one_line(data.url, 200)}", which is no web address and is never '
            "opened: set Response Format to b64_json."
        )
    # While it comes, a file is there twice.
    if bounds.memory < 2 * MAX_DOWNLOAD_BYTES:
        raise BadAnswer(f"{shown_url(data.url)} was not fetched: the others take all the memory.")
    return turn.fetch(service, data.url)


def _is_elsewhere(data: ImageData) -> bool:
    return not data.b64_json and not (data.url or "").startswith("data:")


def _decode(text: str) -> bytes:
    # Some servers send a data URL where the base64 text alone belongs; some break lines.
    payload = text.partition(",")[2] if text.startswith("data:") else text
    try:
        try:
            return pybase64.b64decode(payload, validate=True)
        except ValueError:
            if not any(blank in payload for blank in _BLANKS):
                raise
            return pybase64.b64decode(payload.translate(_WITHOUT_BLANKS), validate=True)
    except ValueError:
        raise BadAnswer(f"its base64 text ({len(text):,} characters) cannot be decoded.") from None


def _summed_up(problems: list[str], pictures: int) -> list[str]:
    if len(problems) < 2:
        return problems
    return [f"{len(problems)} of {pictures} images could not be had; the first: {problems[0]}"]


def _differences(
    images: list[ResultImage], answer: ImagesResponse, request: VariationRequest
) -> list[str]:
    differences = []
    came = len(answer.data)
    if came != request.count:
        rest = "; those beyond are left alone" if came > request.count else ""
        differences.append(f"{request.count} image(s) were asked for, {came:,} came{rest}.")
    sizes = {f"{image.width}x{image.height}" for image in images if image.png}
    asked = f"{request.pixels}x{request.pixels}"
    if request.size is not None and sizes - {asked}:
        others = ", ".join(sorted(sizes - {asked}))
        differences.append(f"Size {asked} was asked for, {others} came; kept as it is.")
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
