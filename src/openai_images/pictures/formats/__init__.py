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

__all__ = ["Broken", "Layout", "TooLarge", "read_layout"]

_READERS: dict[str, Callable[[bytes], Layout]] = {
    "PNG": read_png,
    "JPEG": read_jpeg,
    "WEBP": read_webp,
    "GIF": read_gif,
    "BMP": read_bmp,
    "TIFF": read_tiff,
}


def read_layout(content: bytes, kind: str) -> Layout:
    """Read the structure of a file whose first bytes are those of `kind`.

    Raises:
        Broken: the structure is damaged, cut off or not supported.
        TooLarge: decoding it would take too much memory or time.
    """
    return _READERS[kind](content)
