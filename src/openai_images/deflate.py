"""Unpacking of zlib streams (RFC 1950) and checksums, nearly all that the check of a picture costs.

Intel's ISA-L needs 0.4 of the time that Python's own zlib takes to unpack, and a quarter of it for
a checksum. Python's stands in on machines that ISA-L is not built for.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import Any, Protocol

__all__ = ["ERRORS", "Unpacker", "crc32", "unpacker"]

library: Any = zlib
with suppress(ImportError):
    from isal import isal_zlib

    library = isal_zlib

ERRORS: tuple[type[Exception], ...] = (zlib.error, library.error)
"""What an unpacker raises when a stream is damaged."""


class Unpacker(Protocol):
    """A `zlib.decompressobj`."""

    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes | memoryview, max_length: int, /) -> bytes: ...
    def flush(self) -> bytes: ...


def crc32(data: bytes | memoryview, before: int = 0) -> int:
    """The checksum of a PNG chunk; or of data that follows what has the checksum `before`."""
    checksum: int = library.crc32(data, before)
    return checksum


def unpacker() -> Unpacker:
    """One for a new stream."""
    started: Unpacker = library.decompressobj()
    return started
