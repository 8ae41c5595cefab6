"""PNG (W3C PNG specification, third edition, sections 5 and 11)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ...deflate import crc32
from .ifd import orientation_of
from .layout import MAX_PARTS, MAX_PROFILE_BYTES, Broken, Layout, TooLarge
from .png_rows import check_rows, row_lengths

__all__ = ["PngLayout", "read_png"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# What the pixels of a still picture need. Text, frames and all else stay out.
_PIXEL_KINDS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
# Chunks whose kind begins with a small letter may be passed over; of the others, these are known.
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})

_GREY, _RGB, _PALETTE, _GREY_ALPHA, _RGBA = 0, 2, 3, 4, 6
_CHANNELS = {_GREY: 1, _RGB: 3, _PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_DEPTHS = {
    _GREY: (1, 2, 4, 8, 16),
    _RGB: (8, 16),
    _PALETTE: (1, 2, 4, 8),
    _GREY_ALPHA: (8, 16),
    _RGBA: (8, 16),
}


class Chunk(NamedTuple):
    """One chunk; `whole` is its length, type, data and checksum as they stand in the file."""

    kind: bytes
    data: memoryview
    whole: memoryview


class Header(NamedTuple):
    """The data of IHDR."""

    width: int
    height: int
    depth: int
    colour: int
    compression: int
    filtering: int
    interlacing: int


@dataclass(frozen=True)
class PngLayout(Layout):
    """The structure of a PNG file.

    Attributes:
        header: what IHDR says.
        rows: the data of the IDAT chunks.
        is_plain: whether every decoder shows `pixels` alike: 8 bits, grey or RGB or RGBA, no
            palette, interlacing, profile or turning.
    """

    header: Header = field(kw_only=True)
    rows: tuple[memoryview, ...] = field(kw_only=True, repr=False)
    is_plain: bool = field(kw_only=True)

    def check_rows(self, *, last_is_there: bool = False) -> None:
        # The last row comes last, unless the picture is interlaced.
        if self.header.interlacing or not last_is_there:
            self.has_just_its_rows()

    def has_just_its_rows(self) -> bool:
        """Whether nothing follows the last row in the compressed data.

        Raises:
            Broken: rows are missing or damaged.
        """
        bits = self.header.depth * _CHANNELS[self.header.colour]
        interlaced = bool(self.header.interlacing)
        return check_rows(
            row_lengths(self.width, self.height, bits, interlaced=interlaced), self.rows
        )


def read_png(content: bytes) -> PngLayout:
    """The layout of a PNG file; nothing after IEND is read.

    Every checksum is verified: Pillow does not, and a service would refuse the file.
    """
    chunks = _chunks(content)
    first = next(chunks)
    header = _header(first)
    kept: list[bytes | memoryview] = [_SIGNATURE, first.whole]
    kinds = [first.kind]
    rows: list[memoryview] = []
    orientation, profile = 1, None
    for chunk in chunks:
        _check_place(chunk.kind, kinds)
        kinds.append(chunk.kind)
        if chunk.kind == b"IDAT":
            rows.append(chunk.data)
        if chunk.kind in _PIXEL_KINDS:
            kept.append(chunk.whole)
        elif chunk.kind == b"eXIf":
            orientation = orientation_of(chunk.data)
        elif chunk.kind == b"iCCP":
            profile = _profile(chunk.data)
    if header.colour == _PALETTE and b"PLTE" not in kinds:
        raise Broken("it has no palette")
    is_plain = header.depth == 8 and header.colour in (_GREY, _RGB, _RGBA)
    return PngLayout(
        header.width,
        header.height,
        header.width * header.height * 4,
        content if sum(map(len, kept)) == len(content) else b"".join(kept),
        orientation,
        profile,
        header=header,
        rows=tuple(rows),
        is_plain=is_plain
        and not header.interlacing
        and orientation == 1
        and profile is None
        and b"tRNS" not in kinds,
    )


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
        if crc32(view[start + 4 : end - 4]) != checksum:
            raise Broken(f"the checksum of its {_shown(kind)} chunk is wrong")
        yield Chunk(kind, view[start + 8 : end - 4], view[start:end])
        if kind == b"IEND":
            return
        start = end
    raise TooLarge(f"it has more than {MAX_PARTS:,} chunks")


def _header(chunk: Chunk) -> Header:
    if chunk.kind != b"IHDR" or len(chunk.data) != 13:
        raise Broken("it does not begin with an IHDR chunk")
    header = Header(*struct.unpack(">IIBBBBB", chunk.data))
    if header.depth not in _DEPTHS.get(header.colour, ()):
        raise Broken(f"its header has {header.depth} bits of colour type {header.colour}")
    if header.compression or header.filtering or header.interlacing > 1:
        raise Broken("its header has an unknown compression, filter or interlacing")
    return header


def _check_place(kind: bytes, before: list[bytes]) -> None:
    """Refuse what is in no valid file, though some decoders pass over it."""
    if kind == b"IHDR":
        raise Broken("its headers contradict each other")
    if kind == b"IDAT" and before[-1] != b"IDAT" and b"IDAT" in before:
        raise Broken("its pixels are scattered")
    if kind == b"PLTE" and (b"PLTE" in before or b"IDAT" in before):
        raise Broken("its palette is out of place")
    if kind not in _CRITICAL and not kind[0] & 0x20:
        raise Broken(f"it has an unknown {_shown(kind)} chunk")


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
