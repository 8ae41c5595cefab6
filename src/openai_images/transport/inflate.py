"""Compressed answers, unpacked in small pieces.

None is asked for, but some gateways compress all the same. Older releases of urllib3 unpack
without bounds, so it is done here.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from .limits import CHUNK_BYTES

READABLE = frozenset({"gzip", "x-gzip", "deflate"})
# zlib's window of 32 KiB, with the header of gzip or of zlib, whichever comes.
_ANY_HEADER = 32 + zlib.MAX_WBITS


def inflate(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of one or more gzip members, or of a zlib stream, piece by piece.

    Raises:
        zlib.error: it is neither, or it ends too early.
    """
    unpacker = zlib.decompressobj(_ANY_HEADER)
    for chunk in chunks:
        pending = chunk
        while pending:
            if unpacker.eof:
                unpacker = zlib.decompressobj(_ANY_HEADER)
            yield unpacker.decompress(pending, CHUNK_BYTES)
            pending = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    while rest := unpacker.decompress(b"", CHUNK_BYTES):
        yield rest
    if not unpacker.eof:
        raise zlib.error("the stream ends too early")
