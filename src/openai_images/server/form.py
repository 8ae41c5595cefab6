"""The multipart form of a request: its text fields and its files."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from .refusal import Refusal
from .settings import Limits

__all__ = ["Form", "FormFile", "parse_form"]


@dataclass(frozen=True)
class FormFile:
    """A file of the form, with the name that the client gave it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """The parts by name; each text field stands once, a file field any number of times."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[FormFile, ...]]


class _InMemory(MultiPartParser):
    spool_max_size = 2**63  # the body is in memory already, its size is bounded


async def parse_form(headers: Headers, body: bytes, limits: Limits) -> Form:
    """Take the form apart.

    Raises:
        Refusal: 415, it is no multipart form; 400, it is malformed, has too many parts, a field
            that is too long, or a field twice.
    """
    content_type = headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != "multipart/form-data":
        raise Refusal(
            415,
            f"Unsupported 'Content-Type' header: '{content_type[:100]}'. "
            "This API method only accepts 'multipart/form-data' requests.",
            code="unsupported_content_type",
        )
    parser = _InMemory(
        headers,
        _once(body),
        max_files=limits.parts,
        max_fields=limits.parts,
        max_part_size=limits.field_bytes,
    )
    try:
        parts = (await parser.parse()).multi_items()
    except MultiPartException as error:
        raise _malformed(error.message) from None
    if len(parts) > limits.parts:
        raise _malformed(f"It has {len(parts)} parts; {limits.parts} are allowed.")
    return await _sorted_out(parts)


async def _sorted_out(parts: list[tuple[str, UploadFile | str]]) -> Form:
    fields: dict[str, str] = {}
    files: dict[str, tuple[FormFile, ...]] = {}
    for name, value in parts:
        if isinstance(value, UploadFile):
            file = FormFile((value.filename or "image")[:200], await value.read())
            files[name] = (*files.get(name, ()), file)
            await value.close()
        elif name in fields:
            raise Refusal(
                400, f"Duplicate parameter: '{name[:100]}'.", param=name[:100], code="duplicate"
            )
        else:
            fields[name] = value
    return Form(fields, files)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


def _malformed(why: str) -> Refusal:
    return Refusal(400, f"Could not parse multipart form. {why}", code="invalid_multipart_form")
