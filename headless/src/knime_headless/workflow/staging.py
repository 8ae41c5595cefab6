"""Files that appear whole or not at all."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from types import TracebackType

from knime_headless.temporary import new_unfinished


class Staging:
    """A set of files that are written beside their places and moved there together.

    Used as a context: leaving it without an error moves the files, an error removes them.
    """

    def __init__(self, taken: Collection[Path] = ()) -> None:
        self._taken = taken
        self._moves: dict[Path, Path] = {}

    def place_for(self, final: Path) -> Path:
        """Where to write what is to become the file ``final``; its folder is made if missing.

        Raises:
            ValueError: the path is taken, by one of these files or another.
        """
        if self.is_taken(final):
            raise ValueError(f"Two outputs would be written to {final}.")
        final.parent.mkdir(parents=True, exist_ok=True)
        beside = new_unfinished(final.parent)
        self._moves[final] = beside
        return beside

    def is_taken(self, final: Path) -> bool:
        """Whether another file has this path."""
        return final in self._taken or final in self._moves

    @property
    def files(self) -> list[Path]:
        """The places of the files."""
        return list(self._moves)

    def discard(self) -> None:
        """Remove what was written and not moved."""
        for beside in self._moves.values():
            beside.unlink(missing_ok=True)

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                for final, beside in self._moves.items():
                    beside.replace(final)
        finally:
            self.discard()
