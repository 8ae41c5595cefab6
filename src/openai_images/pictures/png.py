"""The chunks of a PNG file (W3C PNG specification, section 5)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .broken import Broken

__all__ = ["Chunk", "chunks"]

SIGNATURE = b"\x89PNG\r\n\x1a\n"

# An encoder writes pixel chunks of 8 KB or more, so a file of 50 MB has some 6,000 of them; a
# file of nothing but empty chunks has millions, each of which costs the decoder a Python call.
MAX_CHUNKS = 65_536


class Chunk(NamedTuple):
    """One chunk; `whole` is its length, type, data and checksum as they stand in the file."""

    kind: bytes
    data: memoryview
    whole: memoryview


def chunks(content: bytes) -> Iterator[Chunk]:
    """The chunks of a PNG file, their checksums verified, up to and including IEND.

    Raises:
        Broken: a chunk is cut off, its checksum is wrong, there are too many, or IEND is missing.
    """
    view = memoryview(content)
    start = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        if start + 12 > len(view):
            raise Broken("it is cut off: its end is missing")
        length, kind = struct.unpack_from(">I4s", view, start)
        end = start + 12 + length
        if end > len(view):
            raise Broken(f"it is cut off inside its {_show(kind)} chunk")
        if zlib.crc32(view[start + 4 : end - 4]) != struct.unpack_from(">I", view, end - 4)[0]:
            raise Broken(f"the checksum of its {_show(kind)} chunk is wrong")
        yield Chunk(kind, view[start + 8 : end - 4], view[start:end])
        if kind == b"IEND":
            return
        start = end
    raise Broken(f"it has more than {MAX_CHUNKS:,} chunks")


def _show(kind: bytes) -> str:
    text = kind.decode("latin-1")
    return text if text.isascii() and text.isalpha() else repr(kind)
