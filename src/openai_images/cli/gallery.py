"""The page beside the pictures that a run made."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from ..batch import Result
from ..gallery import figure, missing, page, picture
from ..output import OutputFolder
from ..text import storable
from .inputs import Input

__all__ = ["GalleryPage"]

# The page names its pictures, it does not hold them: thousands fit.
_IMAGES = "'self' file: data:"


class GalleryPage:
    """Collects what a run made, and writes the page of it into `folder`."""

    def __init__(self, folder: OutputFolder) -> None:
        self._folder = folder
        self._figures: list[str] = []

    def add(self, given: Input, result: Result[Input], files: list[Path], problem: str) -> None:
        """Show a picture and what came of it."""
        answer = result.outcome.answer if result.outcome else None
        seed = "" if answer is None or answer.seed is None else f"seed {answer.seed}"
        name = given.path.name if given.path else given.stem
        source = picture(self._address(given.path), name) if given.path else missing("On the web")
        self._figures.append(figure(source, name, seed, is_source=True))
        for file in files:
            shown = picture(self._address(file), file.name, file_name=file.name)
            self._figures.append(figure(shown, file.name, ""))
        if problem:
            self._figures.append(figure(missing(problem), name, "failed"))

    def write(self) -> Path:
        """Write the page.

        Raises:
            InvalidOutput: it could not be written anywhere.
        """
        text = page(self._figures, images=_IMAGES)
        return self._folder.write("gallery", "-{}.html", storable(text).encode())

    def _address(self, file: Path) -> str:
        """As the page names a file: relative to itself, so that the folder can be moved."""
        try:
            return quote(os.fsencode(os.path.relpath(file, self._folder.path)))
        except ValueError:  # Windows: on another drive
            return file.resolve().as_uri()
