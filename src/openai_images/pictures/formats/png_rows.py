"""Whether the compressed rows of a PNG picture are all there.

Pillow fills a picture whose compressed data ends too early, but properly, with black; libpng and
thereby most services refuse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ... import deflate
from .layout import Broken

__all__ = ["check_rows", "row_lengths"]

# Adam7 interlacing: first column and row, and the steps between columns and rows, of each pass.
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
_ONE_PASS = ((0, 0, 1, 1),)

# Bytes that go into zlib, and that come out of it, at a time. What is left of the former is
# copied each time.
_PACKED = 256 * 1024
_UNPACKED = 1024 * 1024

# What stands in front of each row: none, sub, up, average, Paeth.
_FILTERS = b"\0\1\2\3\4"


def row_lengths(width: int, height: int, bits: int, *, interlaced: bool) -> list[tuple[int, int]]:
    """The rows of each pass: how many, and their bytes with the one that names the filter.

    Args:
        bits: per pixel.
    """
    passes = []
    for left, top, across, down in _PASSES if interlaced else _ONE_PASS:
        columns = -(-max(0, width - left) // across)
        rows = -(-max(0, height - top) // down)
        if columns and rows:
            passes.append((rows, 1 + -(-columns * bits // 8)))
    return passes


def check_rows(passes: Iterable[tuple[int, int]], parts: Iterable[memoryview]) -> bool:
    """Unpack the data of all IDAT chunks, keeping none of it, and look at each row's filter.

    Args:
        passes: as `row_lengths` gives them.
        parts: the data of the IDAT chunks.

    Returns:
        Whether the compressed data ends with the last row; decoders pass over what follows it.

    Raises:
        Broken: rows are missing, have an unknown filter, or cannot be unpacked.
    """
    unpacker = deflate.unpacker()
    packed = _slices(parts)
    blocks = _unpacked(unpacker, packed)
    block = memoryview(b"")
    for rows, length in passes:
        size, place = rows * length, 0
        while place < size:
            block = block or memoryview(next(blocks, b""))
            if not block:
                raise Broken("its pixels are cut off")
            seen = block[: size - place]
            if bytes(seen[-place % length :: length]).translate(None, _FILTERS):
                raise Broken("its pixels are damaged: a row has an unknown filter")
            block = block[len(seen) :]
            place += len(seen)
    is_all = not block and not next(blocks, b"") and unpacker.eof
    return is_all and not unpacker.unused_data and not any(packed)


def _slices(parts: Iterable[memoryview]) -> Iterator[memoryview]:
    for part in parts:
        for start in range(0, len(part), _PACKED):
            yield part[start : start + _PACKED]


def _unpacked(unpacker: deflate.Unpacker, slices: Iterable[memoryview]) -> Iterator[bytes]:
    """What comes out of zlib, a block at a time, none of them empty."""
    try:
        for piece in slices:
            packed: bytes | memoryview = piece
            while packed:
                if block := unpacker.decompress(packed, _UNPACKED):
                    yield block
                packed = unpacker.unconsumed_tail
            if unpacker.eof:
                return
        if block := unpacker.flush():  # some bytes of the last run of equal ones
            yield block
    except deflate.ERRORS:
        raise Broken("its pixels are damaged") from None
