"""What picture files say about themselves, read before Pillow sees them.

Each reader walks over the outer structure of one format and finds the size, the orientation and
the colour profile, and what decoding will cost. It also hands on a file with the pixels and
nothing else: text, metadata, further pictures and frames never reach Pillow, whose readers
unpack some of them without a limit (the tags of one EXIF block may all point at the same bytes,
and each gets a copy).
"""

from __future__ import annotations

from collections.abc import Callable

from .bmp import read_bmp
from .gif import read_gif
from .jpeg import read_jpeg
from .layout import Broken, Layout, TooLarge
from .png import read_png
from .tiff import read_tiff
from .webp import read_webp

__all__ = ["FORMATS", "Broken", "Layout", "TooLarge", "read_layout", "sniff"]

_READERS: dict[str, Callable[[bytes], Layout]] = {
    "PNG": read_png,
    "JPEG": read_jpeg,
    "WEBP": read_webp,
    "GIF": read_gif,
    "BMP": read_bmp,
    "TIFF": read_tiff,
}

FORMATS = tuple(_READERS)
"""The formats that are opened, by Pillow's names; nothing else is ever tried."""

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)


def sniff(data: bytes) -> str | None:
    """The format that `data` begins like, one of `FORMATS`, or None."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in _SIGNATURES if data.startswith(start)), None)


def read_layout(content: bytes, kind: str) -> Layout:
    """Read the structure of a file whose first bytes are those of `kind`.

    Raises:
        Broken: the structure is damaged, cut off or not supported.
        TooLarge: it has more sides or parts than any picture that is wanted.
    """
    return _READERS[kind](content)
