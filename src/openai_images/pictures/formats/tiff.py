"""TIFF (revision 6.0 and Adobe's supplements)."""

from __future__ import annotations

import struct

from .ifd import ORIENTATION, Entry, entries
from .layout import MAX_PARTS, MAX_PROFILE_BYTES, Broken, Layout, TooLarge, Unsupported

_WIDTH, _HEIGHT, _BITS, _COMPRESSION = 256, 257, 258, 259
_STRIPS, _SAMPLES, _ROWS_PER_STRIP = 273, 277, 278
_TILE_WIDTH, _TILE_HEIGHT, _TILES = 322, 323, 324
_PROFILE = 34675

# What the pixels need: size, sample format, compression, strips or tiles, palette, tables.
_PIXEL_TAGS = frozenset(
    {
        *(_WIDTH, _HEIGHT, _BITS, _COMPRESSION, 262, 266, _STRIPS, _SAMPLES, _ROWS_PER_STRIP),
        *(279, 284, 317, 320, _TILE_WIDTH, _TILE_HEIGHT, _TILES, 325, 338, 339, 347),
        *(529, 530, 531, 532),
    }
)

# None, LZW, JPEG, deflate and PackBits. Of the others, LZMA and Zstandard let the file choose how
# much memory its reader takes, and the reader of fax pages (CCITT) complains of every damaged
# line on the error stream.
_COMPRESSIONS = frozenset({1, 5, 7, 8, 32773, 32946})


def read_tiff(content: bytes) -> Layout:
    """The layout of a TIFF file; of several pages, the first."""
    tags = {entry.tag: entry for entry in entries(memoryview(content))}
    width, height = _number(tags, _WIDTH), _number(tags, _HEIGHT)
    if _number(tags, _COMPRESSION, 1) not in _COMPRESSIONS:
        raise Unsupported("its kind of compression is not supported")
    if _STRIPS not in tags and _TILES not in tags:
        raise Broken("it has no pixels")
    kept = [tags[tag] for tag in sorted(_PIXEL_TAGS & set(tags))]
    if any(tags[tag].amount > MAX_PARTS for tag in (_STRIPS, _TILES) if tag in tags):
        raise TooLarge(f"it has more than {MAX_PARTS:,} strips or tiles")
    if sum(len(entry.values) for entry in kept) > len(content):
        raise Broken("its tags overlap")
    memory = width * height * 4 + _block_bytes(tags, width, height)
    profile = tags.get(_PROFILE)
    return Layout(
        width,
        height,
        memory,
        _with_directory(content, kept),
        _orientation(tags),
        bytes(profile.values) if profile and len(profile.values) <= MAX_PROFILE_BYTES else None,
    )


def _number(tags: dict[int, Entry], tag: int, default: int = 0) -> int:
    return tags[tag].number if tag in tags else default


def _orientation(tags: dict[int, Entry]) -> int:
    value = _number(tags, ORIENTATION, 1)
    return value if 1 <= value <= 8 else 1


def _block_bytes(tags: dict[int, Entry], width: int, height: int) -> int:
    """The strip or tile that libtiff unpacks as a whole, in bytes."""
    if _TILES in tags:
        across, down = _number(tags, _TILE_WIDTH), _number(tags, _TILE_HEIGHT)
    else:
        across, down = width, min(height, _number(tags, _ROWS_PER_STRIP, height))
    samples = _number(tags, _SAMPLES, 1)
    bits = max(tags[_BITS].numbers(samples), default=1) if _BITS in tags else 1
    return across * down * samples * bits // 8


def _with_directory(content: bytes, kept: list[Entry]) -> bytes:
    """The file with another first directory, put at its end, and no second one.

    Entries hold absolute positions, so they stay valid as they are.
    """
    order = kept[0].order
    padding = b"\0" * (len(content) % 2)
    start = len(content) + len(padding)
    directory = [struct.pack(f"{order}H", len(kept)), *(bytes(e.raw) for e in kept), b"\0" * 4]
    header = content[:4] + struct.pack(f"{order}I", start)
    return b"".join([header, memoryview(content)[8:], padding, *directory])
