"""The multipart form of a request: its text fields and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.datastructures import Headers

from ..text import one_line
from .refusal import Refusal
from .settings import Limits

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

__all__ = ["Form", "FormFile", "parse_form"]

MAX_NAME = 100
"""Characters of a name from the form that messages quote."""


@dataclass
class FormFile:
    """A file of the form, with the name that the client gave it."""

    name: str
    content: bytes = field(repr=False)

    def forget(self) -> None:
        """Let go of the content, once nobody needs it: it can be large."""
        self.content = b""


@dataclass(frozen=True)
class Form:
    """The parts by name; each text field stands once, a file field any number of times."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[FormFile, ...]]


def parse_form(headers: Headers, body: bytes, limits: Limits) -> Form:
    """Take the form apart.

    Raises:
        Refusal: 415, it is no multipart form; 400, it is malformed, has too many parts, a field
            that is too long, or a field twice.
    """
    content_type = headers.get("content-type", "")
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise Refusal(
            415,
            f"Unsupported 'Content-Type' header: '{one_line(content_type, 100)}'. "
            "This API method only accepts 'multipart/form-data' requests.",
            code="unsupported_content_type",
        )
    if not options.get(b"boundary"):
        raise _malformed("Its Content-Type names no boundary.")
    collector = _Collector(limits.parts)
    try:
        parser = MultipartParser(options[b"boundary"], collector.callbacks())
        parser.write(body)
    except FormParserError:
        raise _malformed("Its parts are not separated as they should be.") from None
    if not collector.complete:
        raise _malformed("It is cut off: the boundary at its end is missing.")
    return _sorted_out(collector.parts, limits)


@dataclass
class _Part:
    headers: dict[bytes, bytes] = field(default_factory=dict)
    content: bytearray = field(default_factory=bytearray)


class _Collector:
    """What the parser calls while it goes through the body."""

    def __init__(self, max_parts: int) -> None:
        self.parts: list[_Part] = []
        self.complete = False
        self._max_parts = max_parts
        self._name = self._value = b""

    def callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        if len(self.parts) == self._max_parts:
            raise _malformed(f"It has more than {self._max_parts} parts.")
        self.parts.append(_Part())

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].content += data[start:end]

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self.parts[-1].headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _end(self) -> None:
        self.complete = True


def _sorted_out(parts: list[_Part], limits: Limits) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, tuple[FormFile, ...]] = {}
    for part in parts:
        _, options = parse_options_header(part.headers.get(b"content-disposition"))
        if b"name" not in options:
            raise _malformed("A part has no name in its Content-Disposition.")
        name = _text(options[b"name"])
        if b"filename" in options:
            file_name = one_line(_text(options[b"filename"]), MAX_NAME) or "image"
            files[name] = (*files.get(name, ()), FormFile(file_name, bytes(part.content)))
        elif len(part.content) > limits.field_bytes:
            raise _malformed(f"A field is larger than {limits.field_bytes:,} bytes.")
        elif name in fields:
            short = one_line(name, MAX_NAME)
            raise Refusal(400, f"Duplicate parameter: '{short}'.", param=short, code="duplicate")
        else:
            fields[name] = _text(part.content)
    return Form(fields, files)


def _text(content: bytes | bytearray) -> str:
    return content.decode("utf-8", errors="replace")


def _malformed(why: str) -> Refusal:
    return Refusal(400, f"Could not parse multipart form. {why}", code="invalid_multipart_form")
