"""What a service answers: the HTTP answer as it came, and the images call's JSON read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from . import bounded_json
from .errors import BadAnswer
from .text import storable

__all__ = ["ApiResponse", "ImageData", "ImagesResponse"]


@dataclass(frozen=True)
class ApiResponse:
    """An HTTP answer, success or not.

    Attributes:
        status: the HTTP status code.
        headers: by lower-case name.
        body: as it came.
        ends: when the call's deadline is over, which its results share, in seconds of the
            monotonic clock; None where nobody set one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    ends: float | None = field(default=None, repr=False, compare=False)

    @property
    def request_id(self) -> str | None:
        """The service's own id of the call (`x-request-id`; Azure: `apim-request-id`)."""
        return self.headers.get("x-request-id") or self.headers.get("apim-request-id")

    @property
    def is_json(self) -> bool:
        """Whether the body claims to be JSON."""
        return "json" in self.headers.get("content-type", "")

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 become the replacement character."""
        return self.body.decode("utf-8", errors="replace")


@dataclass(frozen=True)
class ImageData:
    """One element of `data`: the image as base64 text or behind a URL."""

    b64_json: str | None = field(default=None, repr=False)
    url: str | None = None
    revised_prompt: str | None = None

    @property
    def value(self) -> str | None:
        """What the service gave: the base64 text or else the URL."""
        return self.b64_json or self.url

    def without_text(self) -> ImageData:
        """The same without its base64 text, be it alone or in a data URL."""
        is_text = bool(self.url and self.url.startswith("data:"))
        return replace(self, b64_json=None, url=None if is_text else self.url)


@dataclass(frozen=True)
class ImagesResponse:
    """The JSON of a successful images call; what the service left out is None.

    Attributes:
        created: Unix time in seconds.
        data: the images, in the service's order; never empty.
        usage: token counts as the service sent them.
        seed: what makes the same pictures again, where the service works with seeds.
    """

    created: int | None
    data: tuple[ImageData, ...]
    background: str | None = None
    output_format: str | None = None
    size: str | None = None
    quality: str | None = None
    usage: Mapping[str, Any] | None = None
    seed: int | None = None

    @classmethod
    def parse(cls, response: ApiResponse) -> ImagesResponse:
        """Read the body of a successful answer.

        Raises:
            BadAnswer: it is not JSON, or not the JSON of an images call, or holds no image.
        """
        body = _object(response)
        data = body.get("data")
        if not isinstance(data, list):
            raise _bad(response, 'has no list "data"')
        images = tuple(_image(item) for item in data)
        if not any(image.value for image in images):
            raise _bad(response, "holds no image")
        usage = body.get("usage")
        return cls(
            created=_integer(body.get("created")),
            data=images,
            background=_text(body.get("background")),
            output_format=_text(body.get("output_format")),
            size=_text(body.get("size")),
            quality=_text(body.get("quality")),
            usage=usage if isinstance(usage, dict) else None,
            seed=_integer(body.get("seed")),
        )


def _object(response: ApiResponse) -> dict[str, Any]:
    try:
        body = bounded_json.loads(response.body)
    except ValueError:
        kind = response.headers.get("content-type", "unknown content")[:80]
        raise _bad(response, f"is not JSON ({kind}, {len(response.body)} bytes)") from None
    if not isinstance(body, dict):
        raise _bad(response, f"is a JSON {type(body).__name__}, not an object")
    return body


def _image(item: object) -> ImageData:
    values = item if isinstance(item, dict) else {}
    return ImageData(
        b64_json=_text(values.get("b64_json")),
        url=_text(values.get("url")),
        revised_prompt=_text(values.get("revised_prompt")),
    )


def _text(value: object) -> str | None:
    """A non-empty text that any table can hold: lone surrogates are replaced."""
    if not isinstance(value, str) or not value:
        return None
    return storable(value)


def _integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        whole = int(value)
    except (OverflowError, ValueError):
        return None
    return whole if -(2**63) <= whole < 2**63 else None


def _bad(response: ApiResponse, what: str) -> BadAnswer:
    return BadAnswer(
        f"The service reported success (HTTP {response.status}), but its answer {what}. "
        "Check that the base URL is the address of an images API.",
        request_id=response.request_id,
        may_be_billed=True,
    )
