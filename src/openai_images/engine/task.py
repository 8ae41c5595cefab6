"""What is asked of the engine, and what comes of it: one variation of one picture."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from PIL import Image

from . import matte
from .source import LEAST_USED, MOST_USED
from .variation import check


@dataclass(frozen=True)
class Square:
    """The square that variations are made of.

    mode: RGB or RGBA. side: pixels a side, at most `MOST_USED`. pixels: side x side values of the
    mode, row by row. Raises ValueError where these do not fit together.
    """

    mode: str
    side: int
    pixels: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.mode not in ("RGB", "RGBA") or not 1 <= self.side <= MOST_USED:
            raise ValueError(
                f"The picture is {self.mode}, {self.side} pixels a side; "
                f"it must be RGB or RGBA and 1 to {MOST_USED}."
            )
        wanted = len(self.mode) * self.side**2
        if len(self.pixels) != wanted:
            raise ValueError(f"The picture has {len(self.pixels)} bytes; it must have {wanted}.")

    @classmethod
    def of(cls, image: Image.Image) -> Square:
        """The middle square of any picture that Pillow opens, as `Source` takes it.

        Raises `EngineError` for a picture without pixels.
        """
        square = matte.readable_square(image, LEAST_USED, MOST_USED)
        return cls(square.mode, square.width, square.tobytes())

    @cached_property
    def digest(self) -> str:
        """Tells pictures apart, so that what was analysed once is not analysed again."""
        return f"{self.mode} {self.side} {hashlib.blake2b(self.pixels, digest_size=16).hexdigest()}"

    def image(self) -> Image.Image:
        return Image.frombytes(self.mode, (self.side, self.side), self.pixels)


@dataclass(frozen=True)
class Task:
    """One variation; see `variation` for the fields. Raises ValueError for one out of range."""

    picture: Square
    size: int
    seed: int
    index: int = 0
    strength: float = 0.5
    mirror: bool = True

    def __post_init__(self) -> None:
        check(self.size, self.seed, self.index, self.strength)


class Made(NamedTuple):
    """A variation as the content of a PNG file, and the seconds that it took."""

    png: bytes
    seconds: float
