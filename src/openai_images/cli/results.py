"""Pictures into files, and what is told of each: lines for people, or JSON for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..batch import Result
from ..cost import Tally
from ..errors import ErrorAnswer, ImagesError, NotSent, ServiceError, UnknownOutcome
from ..job import Outcome
from ..output import OutputFolder
from ..request import VariationRequest
from ..services.recorded import Counts
from .advice import advice
from .gallery import GalleryPage
from .inputs import Input
from .terminal import Terminal

__all__ = ["Json", "Results", "expected_bytes"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]

# Of a PNG file; photographs take about three quarters of that.
_BYTES_PER_PIXEL = 2


def expected_bytes(request: VariationRequest) -> int:
    """How much room the pictures of a call may take."""
    return request.count * request.pixels**2 * _BYTES_PER_PIXEL


class Results:
    """Writes and reports what comes of each picture.

    Attributes:
        failed: pictures of which not everything came.
    """

    def __init__(
        self, folder: OutputFolder, terminal: Terminal, total: int, *, as_json: bool, gallery: bool
    ) -> None:
        self.failed = 0
        self._folder = folder
        self._terminal = terminal
        self._total = total
        self._as_json = as_json
        self._page = GalleryPage(folder) if gallery else None
        self._pictures = 0
        self._files = 0
        self._prepared = 0

    def add(self, result: Result[Input]) -> None:
        """Write the pictures of an answer and name their files, or say why there are none.

        Raises:
            InvalidOutput: one could not be written anywhere.
        """
        given, outcome = result.item.tag, result.outcome
        files = self._write(given.stem, outcome) if outcome else []
        problem = _problem(result, len(files))
        self._pictures += 1
        self._files += len(files)
        self.failed += bool(problem)
        self._prepared += bool(outcome and outcome.prepared)
        self._tell(given, result, problem)
        if self._page:
            self._page.add(given, result, files, problem)
        if self._as_json:
            row = {"picture": given.location, "files": [str(file) for file in files]}
            self._terminal.result(json.dumps(row | _details(result, problem)))
            return
        for file in files:
            self._terminal.result(str(file))

    def end(self, counts: Counts, tally: Tally) -> int:
        """Write the page and sum up; gives the exit status.

        Args:
            counts: how many calls were made.
            tally: what they cost.
        """
        page = self._page.write() if self._page and self._pictures else None
        if self._folder.rescue is not None:
            self._terminal.fail(
                f"{self._folder.path} could not be written to; "
                f"files went to {self._folder.rescue} instead."
            )
        if self._as_json:
            summary = {
                "pictures": self._total,
                "done": self._pictures - self.failed,
                "failed": self.failed,
                "files": self._files,
                "calls": counts.made,
                "taken_over": counts.taken_over,
                "unknown": counts.unknown,
                "cost": str(tally) if tally.is_used else None,
                "gallery": str(page) if page else None,
            }
            self._terminal.result(json.dumps({"summary": summary}))
        elif self._total > 1:
            self._terminal.note(self._summary(counts, tally, page))
        is_bad = self.failed or self._folder.rescue or self._terminal.lost_results
        return int(bool(is_bad or self._pictures < self._total))

    def _tell(self, given: Input, result: Result[Input], problem: str) -> None:
        """What people should know of a picture, on standard error."""
        about = f"{given.location}: " if self._total > 1 else ""
        if result.outcome and result.outcome.prepared and self._total == 1:
            self._terminal.note(result.outcome.prepared)
        for warning in result.warnings:
            self._terminal.warn(about + warning)
        if problem:
            self._terminal.fail(about + problem)

    def _summary(self, counts: Counts, tally: Tally, page: Path | None) -> str:
        good = self._pictures - self.failed
        parts = [f"{good:,} of {self._total:,} pictures done, {self._files:,} files written"]
        if self._prepared:
            parts.append(f"{self._prepared:,} pictures were made square first")
        if counts.taken_over:
            parts.append(f"{counts.taken_over:,} taken over from the last run")
        if tally.is_used:
            parts.append(f"cost {tally}")
        if page:
            parts.append(f"look at {page}")
        if good < self._total:
            parts.append("--resume tries the others again")
        return "; ".join(parts) + "."

    def _write(self, stem: str, outcome: Outcome) -> list[Path]:
        """Write the pictures that came."""
        return [
            self._folder.write(stem, "-variation-{}.png", image.png, image.index + 1)
            for image in outcome.images
            if image.png is not None
        ]


def _problem(result: Result[Input], came: int) -> str:
    """Why not everything came; empty where it did."""
    if result.error is not None:
        return f"{result.error} {advice(result.error)}".rstrip()
    missing = result.outcome.request.count - came if result.outcome else 0
    if missing <= 0:
        return ""
    return f"{missing} of {came + missing} variations are missing."


def _details(result: Result[Input], problem: str) -> dict[str, Any]:
    """What a program may want to know of a picture, besides its files."""
    outcome = result.outcome
    details: dict[str, Any] = {"status": _status(result.error, problem)}
    if problem:
        details["error"] = problem
    if result.warnings:
        details["warnings"] = result.warnings
    if isinstance(result.error, ServiceError):
        details |= {
            "request_id": result.error.request_id,
            "may_be_billed": result.error.may_be_billed,
        }
    if isinstance(result.error, ErrorAnswer):
        details |= {"http_status": result.error.status, "code": result.error.code}
    if outcome is None or outcome.response is None:
        return details
    cost = outcome.cost
    return details | {
        "prepared": outcome.prepared or None,
        "seed": outcome.answer.seed if outcome.answer else None,
        "model": outcome.model,
        "request_id": outcome.response.request_id,
        "cost": str(cost.amount) if cost else None,
        "currency": cost.currency if cost else None,
    }


def _status(error: ImagesError | None, problem: str) -> str:
    if isinstance(error, UnknownOutcome):
        return "unknown"
    if isinstance(error, NotSent):
        return "not sent"
    return "failed" if problem else "done"
