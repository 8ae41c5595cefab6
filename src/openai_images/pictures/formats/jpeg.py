"""JPEG (ITU-T T.81, annex B), with EXIF (CIPA DC-008) and ICC profiles (ICC.1, annex B.4)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from operator import mul
from typing import NamedTuple

from .ifd import orientation_of
from .layout import MAX_PARTS, MAX_PROFILE_BYTES, Broken, Layout, TooLarge

# A progressive encoder writes about 10 scans. Each goes over the whole picture and may take only
# a few bytes of the file, so thousands of them are minutes of work; libtiff stops at 100, too.
_MAX_SCANS = 100

_SCAN = 0xDA
_END_OF_IMAGE = b"\xff\xd9"
# Any marker that ends a scan: not a zero byte, fill bytes, TEM or a restart.
_MARKER = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
_EXIF, _ICC = 0xE1, 0xE2
# Start of frame of every kind of compression; C4, C8 and CC are tables.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
# Application data and comments, but for those that tell how colours are stored: JFIF and Adobe.
_DROPPED = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - {0xE0, 0xEE}


class Segment(NamedTuple):
    """A marker segment; `data` follows its length field, `start` to `end` holds all of it."""

    marker: int
    data: memoryview
    start: int
    end: int


def read_jpeg(content: bytes) -> Layout:
    """The layout of a JPEG file; of several pictures in one file (MPO), the first."""
    view = memoryview(content)
    kept = [view[:2]]
    frame, scan, orientation = None, None, 1
    profile: dict[int, memoryview] = {}
    for segment in _segments(content):
        if segment.marker == _SCAN:
            scan = segment
        elif segment.marker in _FRAMES:
            if frame is not None:
                raise Broken("it has two frame headers")
            frame = segment
        elif segment.marker == _EXIF and bytes(segment.data[:6]) == b"Exif\0\0":
            orientation = orientation_of(segment.data)
        elif segment.marker == _ICC and bytes(segment.data[:12]) == b"ICC_PROFILE\0":
            profile[segment.data[12] if len(segment.data) > 12 else 0] = segment.data[14:]
        if segment.marker not in _DROPPED and scan is None:
            kept.append(view[segment.start : segment.end])
    if frame is None or scan is None:
        raise Broken("it has no frame header or no scan")
    _check_scans(content, scan.start)
    kept.append(view[scan.start :])
    width, height, coefficients = _frame(frame, scan)
    return Layout(
        width,
        height,
        width * height * 4 + coefficients,
        b"".join(kept),
        orientation,
        _joined(profile),
        fixed_memory=coefficients,
        fractions=(1, 2, 4, 8),
    )


def _segments(content: bytes) -> Iterator[Segment]:
    """The marker segments up to and including the first start of scan; junk is passed over."""
    view = memoryview(content)
    start = 2
    for _ in range(MAX_PARTS):
        start = content.find(b"\xff", start)
        if start < 0 or start + 4 > len(view):
            raise Broken("it is cut off before its pixels")
        marker = view[start + 1]
        if marker in (0x00, 0xFF):
            start += 1
            continue
        (length,) = struct.unpack_from(">H", view, start + 2)
        end = start + 2 + length
        if length < 2 or end > len(view):
            raise Broken("it is cut off before its pixels")
        yield Segment(marker, view[start + 4 : end], start, end)
        if marker == _SCAN:
            return
        start = end
    raise TooLarge(f"it has more than {MAX_PARTS:,} segments")


def _check_scans(content: bytes, start: int) -> None:
    """Count the scans up to the end of the picture; a video may follow it in the file."""
    scans = 0
    for _ in range(MAX_PARTS):
        found = _MARKER.search(content, start)
        if found is None or found.end() + 2 > len(content) or found[0] == _END_OF_IMAGE:
            return
        scans += found[0][1] == _SCAN
        if scans > _MAX_SCANS:
            break
        start = found.end() + int.from_bytes(content[found.end() : found.end() + 2], "big")
    raise TooLarge(f"it has more than {_MAX_SCANS} scans")


def _frame(frame: Segment, scan: Segment) -> tuple[int, int, int]:
    """Width, height, and the bytes of the coefficients that libjpeg holds.

    It gives row after row and holds none, unless the picture comes in several scans: then it
    holds all of them, two bytes each.
    """
    try:
        height, width, components = struct.unpack_from(">xHHB", frame.data)
        sampling = [frame.data[7 + 3 * i] for i in range(components)]
        in_scan = scan.data[0]
    except (struct.error, IndexError):
        raise Broken("its frame header is cut off") from None
    if not components:
        raise Broken("its frame header has no components")
    pixels = width * height
    if frame.marker not in _PROGRESSIVE and in_scan >= components:
        return width, height, 0
    across, down = [factor >> 4 for factor in sampling], [factor & 15 for factor in sampling]
    if 0 in (*across, *down):
        raise Broken("its frame header has no sampling factors")
    coefficients = pixels * sum(map(mul, across, down)) // (max(across) * max(down))
    return width, height, coefficients * 2


def _joined(parts: dict[int, memoryview]) -> bytes | None:
    """The profile, whose parts are numbered from 1; None where one is missing."""
    length = sum(map(len, parts.values()))
    if not parts or length > MAX_PROFILE_BYTES or set(parts) != set(range(1, len(parts) + 1)):
        return None
    return b"".join(parts[number] for number in sorted(parts))
