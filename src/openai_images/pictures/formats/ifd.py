"""The directory of tags that TIFF files and EXIF blocks share (TIFF 6.0, section 2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .layout import Broken

__all__ = ["Entry", "entries", "orientation_of"]

ORIENTATION = 0x0112

# Bytes per value of the field types BYTE, ASCII, SHORT, LONG, RATIONAL and so on.
_UNIT = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_INTEGERS = {1: "B", 3: "H", 4: "I"}


class Entry(NamedTuple):
    """One tag; `raw` is its 12 bytes in the file, `values` the bytes of its `amount` values."""

    tag: int
    kind: int
    amount: int
    raw: memoryview
    values: memoryview
    order: str

    @property
    def number(self) -> int:
        """The first value of an integer tag, 0 for any other."""
        code = _INTEGERS.get(self.kind)
        return 0 if code is None or not self.amount else self.numbers(1)[0]

    def numbers(self, at_most: int) -> tuple[int, ...]:
        """The first values of an integer tag."""
        code = _INTEGERS.get(self.kind)
        if code is None:
            return ()
        found: tuple[int, ...] = struct.unpack_from(
            f"{self.order}{min(at_most, self.amount)}{code}", self.values
        )
        return found


def entries(view: memoryview) -> Iterator[Entry]:
    """The tags of the first directory; those of unknown types are passed over.

    Raises:
        Broken: it is not a TIFF structure, or a part of it lies outside of `view`.
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(view[:2]))
    if order is None:
        raise Broken("it has no byte order mark")
    try:
        (start,) = struct.unpack_from(f"{order}I", view, 4)
        (number,) = struct.unpack_from(f"{order}H", view, start)
        for position in range(start + 2, start + 2 + 12 * number, 12):
            tag, kind, count, offset = struct.unpack_from(f"{order}HHII", view, position)
            length = _UNIT.get(kind, 0) * count
            where = position + 8 if length <= 4 else offset
            if where + length > len(view):
                raise Broken(f"its tag {tag} is cut off")
            if length:
                values = view[where : where + length]
                yield Entry(tag, kind, count, view[position : position + 12], values, order)
    except struct.error:
        raise Broken("its directory of tags is cut off") from None


def orientation_of(exif: memoryview) -> int:
    """EXIF orientation, 1 to 8; 1 (upright) where the block is damaged or does not say."""
    start = 6 if bytes(exif[:6]) == b"Exif\0\0" else 0
    try:
        for entry in entries(exif[start:]):
            if entry.tag == ORIENTATION and 1 <= entry.number <= 8:
                return entry.number
    except Broken:
        return 1
    return 1
