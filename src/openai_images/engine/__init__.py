"""Variations of a picture from nothing but that picture: numpy and Pillow, no model, no network.

Start with `variations`; `variation` makes a single one of a `Source` that is analysed only once.
"""

from .errors import Canceled, EngineError
from .parallel import variations
from .source import Source
from .variation import SIZES, variation

__all__ = ["SIZES", "Canceled", "EngineError", "Source", "variation", "variations"]
