"""The files that a workflow will write: tried before it runs, replaced if writing fails then."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from knime_headless.errors import WorkflowError, shown
from knime_headless.temporary import new_unfinished
from knime_headless.workflow.plan import PlannedStep

LEAST_FREE = 16 * 2**20
"""Bytes that are to be free where files go: room for some pictures, and a sign of a full disk."""
LONGEST_NAME = 255
"""Bytes in the name of a file or folder, on every usual file system."""

_LARGEST_ROW = "9999999"


def check_places(steps: Iterable[PlannedStep]) -> None:
    """Try every place that something will be written to; nothing is left there.

    Raises:
        WorkflowError: names the entry, and says what is wrong with the place.
    """
    taken: dict[str, str] = {}
    tried: set[Path] = set()
    for where, final in _wanted(steps):
        # Most systems hold names that differ only in capitals for one in some folder or other.
        key = os.path.normcase(final)
        if key in taken:
            raise WorkflowError(f"{where} and {taken[key]} would both be written to {final}.")
        taken[key] = where
        try:
            _try(final, tried)
        except OSError as error:
            why = error.strerror or str(error)
            raise WorkflowError(f"{where}: {final} cannot be written: {why}.") from None


def _wanted(steps: Iterable[PlannedStep]) -> Iterable[tuple[str, Path]]:
    for step in steps:
        for index, wanted in step.outputs.items():
            where = f"nodes.{step.alias}.outputs.{step.output_ports[index].name}"
            for file in wanted.files:
                yield f"{where}.file", file
            if wanted.images is not None:
                yield f"{where}.images.path", Path(wanted.images.path)
        if step.step.view is not None:
            yield f"nodes.{step.alias}.view", step.step.view


def _try(final: Path, tried: set[Path]) -> None:
    # RowIDs are not known yet, and are cut to what fits.
    named = Path(str(final).replace("{row}", _LARGEST_ROW).replace("{row_id}", "-"))
    for name in named.parts:
        if len(os.fsencode(name)) > LONGEST_NAME:
            raise OSError(0, f"the name {shown(name)} is longer than {LONGEST_NAME} bytes")
    folder = next(parent for parent in named.parents if parent.exists())
    if named.is_dir():
        raise IsADirectoryError(0, "that is a folder")
    if folder in tried:
        return
    if shutil.disk_usage(folder).free < LEAST_FREE:
        raise OSError(0, f"less than {LEAST_FREE >> 20} MB are free there")
    trial = new_unfinished(folder)
    try:
        trial.write_bytes(b"trial")
    finally:
        trial.unlink(missing_ok=True)
    tried.add(folder)


def refuge(folder: Path) -> Path:
    """A new folder for results that have no other place.

    Raises:
        OSError: there is none to be had anywhere.
    """
    problem: OSError | None = None
    for parent in (folder, Path.home(), Path(tempfile.gettempdir())):
        try:
            made = Path(tempfile.mkdtemp(prefix="knime-results-", dir=parent))
            if shutil.disk_usage(made).free >= LEAST_FREE:
                return made
            made.rmdir()
        except (OSError, RuntimeError) as error:
            problem = error if isinstance(error, OSError) else problem
    raise problem or OSError("there is no folder with free space")
