"""What the readers of all formats give, and how they refuse."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["MAX_PARTS", "Broken", "Layout", "TooLarge", "Unsupported"]

# Peak memory of a refusal is this, the file itself and the interpreter: under 300 MB. Pillow
# takes 4 bytes per pixel in most formats, so 50 million pixels pass: today's telephones and most
# cameras. See Layout.memory for those that take more.
MAX_MEMORY = 210_000_000

# JPEG cannot say more. Without it, a single row could take all the memory several times over.
MAX_SIDE = 65_535

# Chunks, segments, blocks or strips of one file. A PNG of 50 MB has some 6,000 of them; a file
# made of nothing but empty ones has millions, and each costs several Python calls.
MAX_PARTS = 65_536


class Broken(Exception):
    """A picture file is damaged; the text completes "photo.png cannot be read: ...".

    Stays inside this package: whoever knows the picture's name turns it into `InvalidPicture`.
    """

    advice = "Save or download it again."


class TooLarge(Broken):
    """Decoding the file would take too much memory or time."""

    advice = "Scale it down, or save it anew as PNG or JPEG."


class Unsupported(Broken):
    """The file uses a part of its format that is not read here."""

    advice = "Save it anew as PNG or JPEG."


@dataclass(frozen=True)
class Layout:
    """The structure of a picture file.

    Attributes:
        width: of the picture as it is stored, in pixels.
        height: likewise.
        memory: what Pillow takes at most while decoding, in bytes.
        pixels: a file of the same format with the (first) picture's pixels only.
        orientation: of EXIF, 1 to 8.
        profile: ICC colour profile.

    Raises:
        Broken: the size is no size.
        TooLarge: it is over the limits.
    """

    width: int
    height: int
    memory: int
    pixels: bytes = field(repr=False)
    orientation: int = 1
    profile: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        size = f"{self.width}x{self.height}"
        if self.width < 1 or self.height < 1:
            raise Broken(f"its size is {size}")
        if max(self.width, self.height) > MAX_SIDE:
            raise TooLarge(f"it is {size}; no side may be over {MAX_SIDE:,} pixels")
        needed = self.memory + len(self.pixels)
        if needed > MAX_MEMORY:
            raise TooLarge(
                f"it is {size}; decoding it would take {needed / 1e6:,.0f} MB of memory, "
                f"and at most {MAX_MEMORY / 1e6:.0f} MB are allowed"
            )
