"""The variations call as data: its fields, their limits, and what is sent of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import SupportsBytes
from unicodedata import category

from .errors import InvalidRequest
from .text import one_line

__all__ = [
    "DEFAULT_N",
    "DEFAULT_RESPONSE_FORMAT",
    "DEFAULT_SIZE",
    "MAX_N",
    "RESPONSE_FORMATS",
    "SIZES",
    "VariationRequest",
    "parse_extra_fields",
]

# Limits and defaults of POST /images/variations, from OpenAI's published API description.
MAX_N = 10
RESPONSE_FORMATS = ("url", "b64_json")
SIZES = ("256x256", "512x512", "1024x1024")
DEFAULT_N = 1
DEFAULT_RESPONSE_FORMAT = "url"
DEFAULT_SIZE = "1024x1024"

# Unicode categories of characters that end a line for some readers and not for others.
_BREAKS = frozenset({"Cc", "Zl", "Zp"})

_OWN_FIELDS = frozenset({"image", "model", "n", "response_format", "size", "user"})


@dataclass(frozen=True)
class VariationRequest:
    """One call: the picture and the fields that are set; None means that a field is not sent.

    Attributes:
        image: the content of the picture file, or what gives it to `bytes`, as a picture does
            that was prepared. Each service checks it against what its own call needs; it may be
            empty only while the other fields are checked ahead of the call.
        image_name: the file name that the service gets to see.
        model: any name that the service knows.
        n: how many variations, 1 to 10.
        response_format: `url` or `b64_json`.
        size: width x height in pixels, one of `SIZES`.
        user: the end user's id, for the service's abuse monitoring.
        extra_fields: further form fields (name, text) that some servers want.

    Raises:
        InvalidRequest: a field is outside its limits.
    """

    image: bytes | SupportsBytes = field(repr=False)
    image_name: str = "image.png"
    model: str | None = None
    n: int | None = None
    response_format: str | None = None
    size: str | None = None
    user: str | None = None
    extra_fields: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        _check_text("Model", self.model)
        _check_text("User", self.user)
        if self.n is not None and not 1 <= self.n <= MAX_N:
            raise InvalidRequest(f"N is {self.n}; the call makes 1 to {MAX_N} images.")
        _check_choice("Response Format", self.response_format, RESPONSE_FORMATS)
        _check_choice("Size", self.size, SIZES)
        for name, _ in self.extra_fields:
            _check_extra_name(name)

    def fields(self) -> list[tuple[str, str]]:
        """The text parts that are set, in the order in which they go over the wire."""
        own = {
            "model": self.model,
            "n": None if self.n is None else str(self.n),
            "response_format": self.response_format,
            "size": self.size,
            "user": self.user,
        }
        return [(k, v) for k, v in own.items() if v is not None] + list(self.extra_fields)

    @property
    def count(self) -> int:
        """How many images the answer should hold."""
        return DEFAULT_N if self.n is None else self.n

    @property
    def pixels(self) -> int:
        """Width and height, in pixels, that the images should have."""
        return int((self.size or DEFAULT_SIZE).partition("x")[0])


def parse_extra_fields(text: str) -> tuple[tuple[str, str], ...]:
    """Read `name=value` lines; empty lines and lines that start with # are passed over.

    Raises:
        InvalidRequest: a line has no `=`, or its name cannot be an extra field.
    """
    pairs = tuple(_pair(number, line) for number, line in _lines(text))
    for name, _ in pairs:
        _check_extra_name(name)
    return pairs


def _lines(text: str) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line


def _pair(number: int, line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals:
        # Not quoted: it may be a key by mistake.
        raise InvalidRequest(f'Extra form fields: line {number} has no "="; write name=value.')
    value = value.strip()
    if any(category(character) in _BREAKS for character in value):
        raise InvalidRequest(
            f"Extra form fields, line {number}: the value of {_short(name)} has a line break "
            "or control character in it: enter it again."
        )
    return name.strip(), value


def _check_text(label: str, value: str | None) -> None:
    if value is not None and not value.strip():
        raise InvalidRequest(f"{label} is set but empty: enter a value, or switch Set {label} off.")


def _check_choice(label: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise InvalidRequest(f'{label} is "{_short(value)}"; the call allows {", ".join(allowed)}.')


def _check_extra_name(name: str) -> None:
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        raise InvalidRequest(
            f'"{_short(name)}" cannot be the name of an extra form field: '
            "use letters, digits, _ and - only."
        )
    if name in _OWN_FIELDS:
        raise InvalidRequest(f'"{name}" has an option of its own: set it there, not as an extra.')


def _short(text: str) -> str:
    return one_line(text, 40)
