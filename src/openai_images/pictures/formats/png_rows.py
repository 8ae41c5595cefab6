"""Whether the compressed rows of a PNG picture are all there.

Pillow fills a picture whose compressed data ends too early, but properly, with black; libpng and
thereby most services refuse it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ... import deflate
from .layout import Broken

__all__ = ["check_rows", "row_lengths"]

# Adam7 interlacing: first column and row, and the steps between columns and rows, of each pass.
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
_ONE_PASS = ((0, 0, 1, 1),)

# Bytes that are unpacked, and that come of it, at a time.
_PACKED = _UNPACKED = 1024 * 1024

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


def check_rows(passes: Sequence[tuple[int, int]], parts: Iterable[memoryview]) -> bool:
    """Unpack the data of all IDAT chunks, keeping none of it, and look at each row's filter.

    Args:
        passes: as `row_lengths` gives them.
        parts: the data of the IDAT chunks.

    Returns:
        Whether the compressed data ends with the last row; decoders pass over what follows it.

    Raises:
        Broken: rows are missing, have an unknown filter, or cannot be unpacked.
    """
    whole = sum(rows * length for rows, length in passes)
    unpacker = deflate.unpacker()
    packed = _pieces(parts)
    # One byte more than the rows have, so that the end of the stream is seen with the last of them.
    blocks = _unpacked(unpacker, packed, min(_UNPACKED, whole + 1))
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


def _pieces(parts: Iterable[memoryview]) -> Iterator[bytes]:
    """The parts, short ones as one piece, long ones as several."""
    piece: list[memoryview] = []
    size = 0
    for part in parts:
        for start in range(0, len(part), _PACKED):
            short = part[start : start + _PACKED]
            if size + len(short) > _PACKED:
                yield b"".join(piece)
                piece, size = [], 0
            piece.append(short)
            size += len(short)
    if piece:
        yield b"".join(piece)


def _unpacked(unpacker: deflate.Unpacker, pieces: Iterable[bytes], length: int) -> Iterator[bytes]:
    """What comes out of zlib, in blocks of at most `length` bytes, none of them empty."""
    try:
        for piece in pieces:
            data = piece
            while not unpacker.eof and (data or not unpacker.needs_input):
                if block := unpacker.decompress(data, length):
                    yield block
                data = b""
            if unpacker.eof:
                return
        # Some bytes of the last run of equal ones.
        while block := unpacker.decompress(b"", length):
            yield block
    except deflate.ERRORS:
        raise Broken("its pixels are damaged") from None
