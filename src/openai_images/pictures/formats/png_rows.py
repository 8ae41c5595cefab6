"""Whether the compressed rows of a PNG picture are all there.

Pillow fills a picture whose compressed data ends too early, but properly, with black; libpng and
thereby most services refuse it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from .layout import Broken

__all__ = ["check_rows"]

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

# Adam7 interlacing: first column and row, and the steps between columns and rows, of each pass.
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
_ONE_PASS = ((0, 0, 1, 1),)

# Bytes that go into zlib, and that come out of it, at a time. What is left of the former is
# copied each time.
_PACKED = 64 * 1024
_UNPACKED = 1024 * 1024


def check_rows(header: memoryview, parts: Iterable[memoryview]) -> None:
    """Unpack the data of all IDAT chunks, keeping none of it, and count.

    Args:
        header: the data of IHDR.
        parts: the data of the IDAT chunks.

    Raises:
        Broken: they hold fewer bytes than the header promises, or cannot be unpacked.
    """
    missing = _unpacked_size(header)
    unpacker = zlib.decompressobj()
    try:
        for packed in _slices(parts):
            while packed and missing > 0:
                missing -= len(unpacker.decompress(packed, _UNPACKED))
                packed = unpacker.unconsumed_tail
    except zlib.error:
        raise Broken("its pixels are damaged") from None
    if missing > 0:
        raise Broken("its pixels are cut off")


def _slices(parts: Iterable[memoryview]) -> Iterator[bytes | memoryview]:
    for part in parts:
        for start in range(0, len(part), _PACKED):
            yield part[start : start + _PACKED]


def _unpacked_size(header: memoryview) -> int:
    """The bytes of all rows, with the byte in front of each that names its filter."""
    width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * _CHANNELS.get(colour, 0)
    size = 0
    for left, top, across, down in _PASSES if interlaced else _ONE_PASS:
        columns = -(-max(0, width - left) // across)
        rows = -(-max(0, height - top) // down)
        size += rows * (1 + -(-columns * bits // 8)) if columns else 0
    return size
