"""Pictures in and out: what a file is, whether a call can take it, and how it is made to fit.

Everything here takes the content of a file, never a path, and treats it as hostile: memory and
time stay bounded whatever the bytes say. What was opened or made here is not opened again: it
travels as a `SquarePicture`. Pillow is imported on first use.
"""

from .check import (
    MAX_PICTURE_BYTES,
    SquarePicture,
    check_for_variation,
    check_readable,
    is_square_png,
    open_for_variation,
    size_of,
)
from .encode import CleanPng, clean_png, to_png
from .formats import sniff
from .open import open_picture, open_small
from .prepare import Preparation, Prepared, prepare, thumbnail

__all__ = [
    "MAX_PICTURE_BYTES",
    "CleanPng",
    "Preparation",
    "Prepared",
    "SquarePicture",
    "check_for_variation",
    "check_readable",
    "clean_png",
    "is_square_png",
    "open_for_variation",
    "open_picture",
    "open_small",
    "prepare",
    "size_of",
    "sniff",
    "thumbnail",
    "to_png",
]
