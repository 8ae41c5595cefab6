"""Pictures into files, and what is told of each: lines for people, or JSON for programs."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import count
from pathlib import Path

from ..job import Outcome
from ..output import OutputFolder
from ..request import VariationRequest
from .terminal import Terminal

__all__ = ["Results", "expected_bytes"]

# A PNG file is seldom larger than its pixels in red, green and blue.
_BYTES_PER_PIXEL = 3


def expected_bytes(request: VariationRequest) -> int:
    """How much room the pictures of a call may take."""
    return request.count * request.pixels**2 * _BYTES_PER_PIXEL


class Results:
    """Writes and reports what comes of each picture."""

    def __init__(self, folder: OutputFolder, terminal: Terminal, as_json: bool) -> None:
        self._folder = folder
        self._terminal = terminal
        self._as_json = as_json
        self._missing = 0

    def add(self, picture: str, outcome: Outcome) -> None:
        """Write the pictures of an answer and name their files.

        Raises:
            InvalidOutput: one could not be written anywhere.
        """
        files = self._write(outcome)
        self._missing += max(0, outcome.request.count - len(files))
        if not self._as_json:
            for file in files:
                self._terminal.result(str(file))
            return
        row = {
            "picture": picture,
            "files": [str(file) for file in files],
            "seed": outcome.answer.seed if outcome.answer else None,
            "model": outcome.model,
            "request_id": outcome.response.request_id if outcome.response else None,
            "cost": str(outcome.cost.amount) if outcome.cost else None,
            "currency": outcome.cost.currency if outcome.cost else None,
        }
        self._terminal.result(json.dumps(row))

    def end(self) -> int:
        """Say what is missing or elsewhere; gives the exit status."""
        if self._missing:
            are = "picture that was asked for is" if self._missing == 1 else "pictures are"
            self._terminal.fail(f"{self._missing} {are} missing.")
        if self._folder.rescue is not None:
            self._terminal.fail(
                f"{self._folder.path} could not be written to; "
                f"pictures went to {self._folder.rescue} instead."
            )
        if self._terminal.problem:
            self._terminal.fail(f"Standard output was not written: {self._terminal.problem}.")
        return int(bool(self._missing or self._folder.rescue or self._terminal.problem))

    def _write(self, outcome: Outcome) -> list[Path]:
        """Write the pictures that came, never over a file that is there."""
        stem = Path(outcome.request.image_name).stem
        files = []
        for image in outcome.images:
            if image.png is None:
                continue
            for number in count(image.index + 1):
                name = self._folder.name(stem, f"-variation-{number}.png")
                with suppress(FileExistsError):
                    files.append(self._folder.write(name, image.png))
                    break
        return files
