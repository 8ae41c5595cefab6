"""Variations of a picture from nothing but that picture: numpy and Pillow, no model, no network.

Start with `variations`; `variation` makes a single one of a `Source` that is analysed only once,
and a `Pool` makes the variations of many callers on all cores.
"""

from .errors import Canceled, EngineError
from .pool import Pool, variations
from .source import MOST_USED, Source
from .task import Made, Square, Task
from .variation import SIZES, variation

__all__ = [
    "MOST_USED",
    "SIZES",
    "Canceled",
    "EngineError",
    "Made",
    "Pool",
    "Source",
    "Square",
    "Task",
    "variation",
    "variations",
]
