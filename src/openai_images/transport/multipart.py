"""The body of a form with files (RFC 7578)."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from urllib3.fields import RequestField
from urllib3.filepost import encode_multipart_formdata

__all__ = ["FilePart", "encode_form"]


@dataclass(frozen=True)
class FilePart:
    """A file of a form.

    Attributes:
        field: the form field's name.
        name: the file name that the service sees; some refuse a part without one.
        media_type: some services refuse anything but an image type.
    """

    field: str
    name: str
    content: bytes = dataclasses.field(repr=False)
    media_type: str


def encode_form(fields: Sequence[tuple[str, str]], files: Sequence[FilePart]) -> tuple[bytes, str]:
    """The body and its Content-Type: the text parts with nothing but a name, then the files."""
    parts = [RequestField.from_tuples(name, text) for name, text in fields]
    for part in parts:
        part.headers.pop("Content-Type", None)
    parts += [RequestField.from_tuples(f.field, (f.name, f.content, f.media_type)) for f in files]
    return encode_multipart_formdata(parts)
