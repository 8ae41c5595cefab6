"""What the readers of all formats give, and how they refuse."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["MAX_PARTS", "MAX_PROFILE_BYTES", "Broken", "Layout", "TooLarge", "Unsupported"]

# What decoding may take at a time, the file included. With a small copy and the interpreter the
# process stays under 300 MB. Pillow takes 4 bytes per pixel in most formats, so 60 million pixels
# pass: today's telephones and most cameras. See Layout.memory for those that take more.
MAX_MEMORY = 240_000_000

# Above this, Pillow warns once for the whole process. Only JPEG gets here, decoded at a fraction.
MAX_PIXELS = 1024 * 1024 * 1024 // 4 // 3

# JPEG cannot say more. Without it, a single row could take all the memory several times over.
MAX_SIDE = 65_535

# Chunks, segments, blocks or strips of one file. A PNG of 50 MB has some 6,000 of them; a file
# made of nothing but empty ones has millions, and each costs several Python calls.
MAX_PARTS = 65_536

# Printing profiles with their tables have 0.5 to 2 MB, those of screens and cameras a few KB. A
# larger one is dropped: the colours shift a little, and the picture can still be used.
MAX_PROFILE_BYTES = 2 * 1024 * 1024


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
        fixed_memory: the part of `memory` that stays when a fraction of the size is decoded.
        fractions: by what the decoder can divide both sides, in rising order.

    Raises:
        Broken: the size is no size.
        TooLarge: a side is over the limit.
    """

    width: int
    height: int
    memory: int
    pixels: bytes = field(repr=False)
    orientation: int = 1
    profile: bytes | None = field(default=None, repr=False)
    fixed_memory: int = 0
    fractions: tuple[int, ...] = (1,)

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise Broken(f"its size is {self.size}")
        if max(self.width, self.height) > MAX_SIDE:
            raise TooLarge(f"it is {self.size}; no side may be over {MAX_SIDE:,} pixels")

    @property
    def size(self) -> str:
        """For messages."""
        return f"{self.width}x{self.height}"

    def check_memory(self, fraction: int = 1, *, more: int = 0) -> None:
        """Refuse what cannot be decoded safely.

        Args:
            fraction: what both sides are divided by while decoding.
            more: bytes that are needed beside it: the file, its copy, a copy of the picture.

        Raises:
            TooLarge: it would take too much memory or time.
        """
        if self.width * self.height > MAX_PIXELS:
            raise TooLarge(f"it is {self.size}; at most {MAX_PIXELS:,} pixels are allowed")
        scaled = (self.memory - self.fixed_memory) // fraction**2
        needed = self.fixed_memory + scaled + more
        if needed > MAX_MEMORY:
            raise TooLarge(
                f"it is {self.size}; decoding it would take {needed / 1e6:,.0f} MB of memory, "
                f"and at most {MAX_MEMORY / 1e6:.0f} MB are allowed"
            )

    def check_rows(self, *, last_is_there: bool = False) -> None:
        """Refuse a file whose pixels are cut off where Pillow does not notice.

        Args:
            last_is_there: whether the decoder found anything in the last row.

        Raises:
            Broken: rows are missing or damaged.
        """
