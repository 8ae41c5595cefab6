"""Pictures in and out: what a file is, whether a call can take it, and how it is made to fit.

Everything here takes the content of a file, never a path, and treats it as hostile: memory and
time stay bounded whatever the bytes say. Pillow is imported on first use.
"""

from .check import MAX_PICTURE_BYTES, check_for_variation
from .encode import to_png
from .open import open_picture
from .prepare import Preparation, prepare, thumbnail
from .sniff import sniff

__all__ = [
    "MAX_PICTURE_BYTES",
    "Preparation",
    "check_for_variation",
    "open_picture",
    "prepare",
    "sniff",
    "thumbnail",
    "to_png",
]
