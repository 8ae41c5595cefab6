"""Files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from knime_headless.temporary import new_unfinished


class Staging:
    """A set of files that are written beside their places and moved there together.

    Used as a context: leaving it without an error moves the files, an error removes them.
    """

    def __init__(self) -> None:
        self._moves: list[tuple[Path, Path]] = []

    def place_for(self, final: Path) -> Path:
        """Where to write what is to become the file ``final``; its folder is made if missing.

        Raises:
            ValueError: two of the files have the same path.
        """
        if any(final == other for _, other in self._moves):
            raise ValueError(f"Two outputs would be written to {final}.")
        final.parent.mkdir(parents=True, exist_ok=True)
        beside = new_unfinished(final.parent)
        self._moves.append((beside, final))
        return beside

    @property
    def files(self) -> list[Path]:
        """The places of the files."""
        return [final for _, final in self._moves]

    def discard(self) -> None:
        """Remove what was written and not moved."""
        for beside, _ in self._moves:
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
                for beside, final in self._moves:
                    beside.replace(final)
        finally:
            self.discard()
