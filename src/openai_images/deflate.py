"""Unpacking of zlib streams (RFC 1950) and checksums, nearly all that the check of a picture costs.

Intel's ISA-L needs 0.4 of the time that Python's own zlib takes to unpack, and a quarter of it for
a checksum. Python's stands in on machines that ISA-L is not built for.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Any, Protocol

__all__ = ["ERRORS", "Unpacker", "crc32", "unpacker"]

igzip_lib: Any = None
_sums: Any = zlib
ERRORS: tuple[type[Exception], ...] = (zlib.error,)
"""What an unpacker raises when a stream is damaged."""

with suppress(ImportError):
    from isal import igzip_lib, isal_zlib

    _sums = isal_zlib
    ERRORS += (igzip_lib.error,)


class Unpacker(Protocol):
    """A `bz2.BZ2Decompressor` of zlib streams."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes: ...


def crc32(data: bytes | memoryview, before: int = 0) -> int:
    """The checksum of a PNG chunk; or of data that follows what has the checksum `before`."""
    checksum: int = _sums.crc32(data, before)
    return checksum


def unpacker() -> Unpacker:
    """One for a new stream."""
    if igzip_lib is None:
        return _ZlibUnpacker()
    # Unlike `isal_zlib` it takes the memory of a block at once: to let it grow takes longer, and
    # each time other threads run in between.
    started: Unpacker = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_ZLIB)
    return started


class _ZlibUnpacker:
    """Python's own, which leaves it to its user to keep what it has not read."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def needs_input(self) -> bool:
        return not (self.eof or self._stream.unconsumed_tail)

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes | memoryview, max_length: int) -> bytes:
        rest = self._stream.unconsumed_tail
        return self._stream.decompress(b"".join((rest, data)) if rest else data, max_length)
