"""What must not be left behind by a process that ends at once."""

from __future__ import annotations

import weakref
from typing import Protocol


class Temporary(Protocol):
    """Files or folders that are of no use after the process."""

    def discard(self) -> None:
        """Remove them, if they still are there."""


_known: weakref.WeakSet[Temporary] = weakref.WeakSet()


def remember(temporary: Temporary) -> None:
    """Have it discarded by `discard_all` as long as it is in use."""
    _known.add(temporary)


def discard_all() -> None:
    """Discard everything that is in use."""
    for temporary in list(_known):
        temporary.discard()
