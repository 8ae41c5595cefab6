"""BMP (Windows bitmap, all headers from OS/2 1.x to BITMAPV5HEADER)."""

from __future__ import annotations

import struct

from .layout import Broken, Layout, Unsupported

_UNCOMPRESSED, _BIT_FIELDS = 0, 3


def read_bmp(content: bytes) -> Layout:
    """The layout of a BMP file; run-length compression is refused.

    Hardly any program writes it, and Pillow unpacks it in Python, some 2 MB in a second.
    """
    try:
        (header,) = struct.unpack_from("<I", content, 14)
        if header == 12:
            width, height = struct.unpack_from("<HH", content, 18)
            compression = _UNCOMPRESSED
        else:
            width, height, compression = struct.unpack_from("<ii4xI", content, 18)
    except struct.error:
        raise Broken("it is cut off before its pixels") from None
    if compression not in (_UNCOMPRESSED, _BIT_FIELDS):
        raise Unsupported("its kind of compression is not supported")
    return Layout(width, abs(height), width * abs(height) * 4, content)
