"""PNG (W3C PNG specification, third edition, sections 5 and 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from .ifd import orientation_of
from .layout import MAX_PARTS, Broken, Layout, TooLarge
from .png_rows import check_rows
from .profile import MAX_PROFILE_BYTES

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# What the pixels of a still picture need. Text, frames and all else stay out.
_PIXEL_KINDS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


class Chunk(NamedTuple):
    """One chunk; `whole` is its length, type, data and checksum as they stand in the file."""

    kind: bytes
    data: memoryview
    whole: memoryview


def read_png(content: bytes) -> Layout:
    """The layout of a PNG file; nothing after IEND is read.

    Every checksum is verified and every row is counted: Pillow does neither, and a service
    would refuse the file.
    """
    kept: list[bytes | memoryview] = [_SIGNATURE]
    rows: list[memoryview] = []
    orientation, profile, header = 1, None, None
    for chunk in _chunks(content):
        if header is None:
            header = chunk
        if chunk.kind == b"IDAT":
            rows.append(chunk.data)
        if chunk.kind in _PIXEL_KINDS:
            kept.append(chunk.whole)
        elif chunk.kind == b"eXIf":
            orientation = orientation_of(chunk.data)
        elif chunk.kind == b"iCCP":
            profile = _profile(chunk.data)
    if header is None or header.kind != b"IHDR" or len(header.data) != 13:
        raise Broken("it does not begin with an IHDR chunk")
    width, height = struct.unpack_from(">II", header.data)
    pixels = b"".join(kept)
    layout = Layout(width, height, width * height * 4, pixels, orientation, profile)
    check_rows(header.data, rows)
    return layout


def _chunks(content: bytes) -> Iterator[Chunk]:
    """The chunks up to and including IEND."""
    view = memoryview(content)
    start = len(_SIGNATURE)
    for _ in range(MAX_PARTS):
        if start + 12 > len(view):
            raise Broken("it is cut off: its end is missing")
        length, kind = struct.unpack_from(">I4s", view, start)
        end = start + 12 + length
        if end > len(view):
            raise Broken(f"it is cut off inside its {_shown(kind)} chunk")
        (checksum,) = struct.unpack_from(">I", view, end - 4)
        if zlib.crc32(view[start + 4 : end - 4]) != checksum:
            raise Broken(f"the checksum of its {_shown(kind)} chunk is wrong")
        yield Chunk(kind, view[start + 8 : end - 4], view[start:end])
        if kind == b"IEND":
            return
        start = end
    raise TooLarge(f"it has more than {MAX_PARTS:,} chunks")


def _profile(data: memoryview) -> bytes | None:
    """The profile in an iCCP chunk: a name, a zero byte, the method 0, a zlib stream."""
    _, zero, packed = bytes(data[:MAX_PROFILE_BYTES]).partition(b"\0")
    if not zero or packed[:1] != b"\0":
        return None
    unpacker = zlib.decompressobj()
    try:
        profile = unpacker.decompress(packed[1:], MAX_PROFILE_BYTES)
    except zlib.error:
        return None
    return profile if unpacker.eof else None


def _shown(kind: bytes) -> str:
    text = kind.decode("latin-1")
    return text if text.isascii() and text.isalpha() else repr(kind)
