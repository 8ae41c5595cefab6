"""GIF (GIF89a specification)."""

from __future__ import annotations

import struct

from .layout import MAX_PARTS, Broken, Layout, TooLarge

_EXTENSION, _IMAGE = 0x21, 0x2C
# Tells which palette entry is transparent; all other extensions are text or animation.
_GRAPHIC_CONTROL = 0xF9


def read_gif(content: bytes) -> Layout:
    """The layout of a GIF file; of an animation, the first frame on its canvas.

    What follows the first frame is handed on, but Pillow stops at its last pixel. Pillow widens
    the canvas to a frame that juts out, so the size is that of both together.
    """
    try:
        return _read(content)
    except (IndexError, struct.error):
        raise Broken("it is cut off before its pixels") from None


def _read(content: bytes) -> Layout:
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    start = first = 13 + _palette(flags)
    control = b""
    for _ in range(MAX_PARTS):
        if content[start] == _IMAGE:
            left, top, right, bottom = struct.unpack_from("<HHHH", content, start + 1)
            width, height = max(width, left + right), max(height, top + bottom)
            pixels = content[:first] + control + content[start:]
            return Layout(width, height, width * height * 4, pixels)
        if content[start] != _EXTENSION:
            raise Broken("it has no picture in it")
        end = _end_of_blocks(content, start + 2)
        if content[start + 1] == _GRAPHIC_CONTROL:
            control = content[start:end]
        start = end
    raise TooLarge(f"it has more than {MAX_PARTS:,} extensions")


def _end_of_blocks(content: bytes, start: int) -> int:
    """Where a chain of data blocks ends; each tells its length, and one of length 0 is last."""
    for _ in range(MAX_PARTS):
        length = content[start]
        start += 1 + length
        if not length:
            return start
    raise TooLarge(f"it has an extension of more than {MAX_PARTS:,} blocks")


def _palette(flags: int) -> int:
    """Bytes of the colour table after a header with these flags."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0
