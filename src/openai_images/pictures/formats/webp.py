"""WebP (RFC 9649)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .ifd import orientation_of
from .layout import MAX_PARTS, MAX_PROFILE_BYTES, Broken, Layout, TooLarge

# Decoded through libwebp's animation decoder: two canvases and the picture, four bytes per pixel
# each; and a copy of the file.
_BYTES_PER_PIXEL = 12

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_KEPT_BEFORE = frozenset({b"VP8X", b"ANIM", b"ALPH"})
# VP8X flags: profile, EXIF and XMP follow; they do not in the file that is handed on.
_METADATA_FLAGS = 0x20 | 0x08 | 0x04


class Chunk(NamedTuple):
    """A RIFF chunk; `whole` includes its header and padding."""

    kind: bytes
    data: memoryview
    whole: memoryview


def read_webp(content: bytes) -> Layout:
    """The layout of a WebP file; of an animation, the first frame on its canvas."""
    kept: list[bytes] = []
    size, picture, orientation, profile = None, False, 1, None
    for chunk in _chunks(memoryview(content)):
        if chunk.kind in _PICTURE and not picture:
            picture = True
            size = size or _size(chunk)
            kept.append(bytes(chunk.whole))
        elif chunk.kind in _KEPT_BEFORE and not picture:
            if chunk.kind == b"VP8X":
                size = _size(chunk)
                kept.append(_without_metadata(chunk.whole))
            else:
                kept.append(bytes(chunk.whole))
        elif chunk.kind == b"EXIF":
            orientation = orientation_of(chunk.data)
        elif chunk.kind == b"ICCP" and len(chunk.data) <= MAX_PROFILE_BYTES:
            profile = bytes(chunk.data)
    if size is None or not picture:
        raise Broken("it has no picture in it")
    body = b"WEBP" + b"".join(kept)
    pixels = b"RIFF" + struct.pack("<I", len(body)) + body
    memory = size[0] * size[1] * _BYTES_PER_PIXEL + len(pixels)
    if pixels == content:
        pixels = content  # and the copy goes
    return Layout(*size, memory, pixels, orientation, profile)


def _chunks(view: memoryview) -> Iterator[Chunk]:
    start = 12
    end_of_file = min(len(view), 8 + int.from_bytes(view[4:8], "little"))
    for _ in range(MAX_PARTS):
        if start + 8 > end_of_file:
            return
        kind, length = struct.unpack_from("<4sI", view, start)
        end = start + 8 + length
        if end > len(view):
            raise Broken("it is cut off")
        yield Chunk(kind, view[start + 8 : end], view[start : end + length % 2])
        start = end + length % 2
    raise TooLarge(f"it has more than {MAX_PARTS:,} chunks")


def _size(chunk: Chunk) -> tuple[int, int]:
    """Width and height as the header of a VP8X, VP8L or VP8 chunk gives them."""
    data = chunk.data
    if len(data) < 10 and not (chunk.kind == b"VP8L" and len(data) >= 5):
        raise Broken("its header is cut off")
    if chunk.kind == b"VP8X":
        return (
            int.from_bytes(data[4:7], "little") + 1,
            int.from_bytes(data[7:10], "little") + 1,
        )
    if chunk.kind == b"VP8L":
        bits = int.from_bytes(data[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk.kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 6)
        return width & 0x3FFF, height & 0x3FFF
    raise Broken("it has a frame without a canvas")


def _without_metadata(header: memoryview) -> bytes:
    return bytes(header[:8]) + bytes([header[8] & ~_METADATA_FLAGS]) + bytes(header[9:])
