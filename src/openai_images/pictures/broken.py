"""How the readers of file formats say that a file is not what it claims to be."""

from __future__ import annotations

__all__ = ["Broken"]


class Broken(Exception):
    """A picture file is damaged; the text completes "photo.png cannot be read: ...".

    Stays inside this package: whoever knows the picture's name turns it into `InvalidPicture`.
    """
