"""Outputs of a step as files, all of them or none."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

from knime_headless.tables import StoredTable
from knime_headless.workflow.description import ImageFiles
from knime_headless.workflow.places import LONGEST_NAME, refuge
from knime_headless.workflow.plain import image_cells, image_columns, row_ids, write_table
from knime_headless.workflow.plan import PlannedStep
from knime_headless.workflow.staging import Staging

_NOT_FOR_FILES = re.compile(r"[^\w.-]+")
_LONGEST_NUMBER = 10


def write_outputs(
    step: PlannedStep, outputs: tuple[Any, ...], view: str | None, taken: Collection[Path] = ()
) -> list[Path]:
    """Write what the workflow asks for of one step, but to none of the paths that are taken.

    Returns:
        The files, in the order of the workflow file.

    Raises:
        OSError: a file cannot be written; then none of them is.
        ValueError: a table has no such image column, or two files have the same path.
    """
    with Staging(taken) as staging:
        for index, wanted in step.outputs.items():
            table: StoredTable = outputs[index]
            for file in wanted.files:
                place, suffix = staging.place_for(file), file.suffix.lower()
                write_table(table, place, suffix, quote_formulas=wanted.quote_formulas)
            if wanted.images is not None:
                _write_images(table, wanted.images, staging)
        if step.step.view is not None:
            staging.place_for(step.step.view).write_text(view or "", encoding="utf-8")
    return staging.files


def _write_images(table: StoredTable, images: ImageFiles, staging: Staging) -> None:
    cells = image_cells(table, images.column)
    for number, (row_id, png) in enumerate(zip(row_ids(table), cells, strict=True), 1):
        if png is not None:
            path = _image_path(images.path, number, row_id, staging)
            staging.place_for(path).write_bytes(png)


def _image_path(pattern: str, number: int, row_id: str, staging: Staging) -> Path:
    """Where the image of a row goes; the row's number tells RowIDs apart that look alike."""
    numbered = pattern.replace("{row}", str(number))
    safe_id = _NOT_FOR_FILES.sub("_", row_id)
    path = Path(numbered.replace("{row_id}", safe_id))
    too_long = any(len(os.fsencode(part)) > LONGEST_NAME for part in path.parts)
    if "{row_id}" in numbered and (too_long or staging.is_taken(path)):
        room = LONGEST_NAME - len(os.fsencode(Path(numbered).name)) - _LONGEST_NUMBER
        cut = os.fsencode(safe_id)[: max(0, room)].decode(errors="ignore")
        path = Path(numbered.replace("{row_id}", f"{cut}-{number}"))
    return path


def rescue_outputs(step: PlannedStep, outputs: tuple[Any, ...], view: str | None) -> Path:
    """Write all tables, their images and the view of a step to a new folder.

    Raises:
        OSError: that cannot be done either.
    """
    folder = refuge(Path.cwd())
    for port, output in zip(step.output_ports, outputs, strict=True):
        if isinstance(output, StoredTable):
            name = _NOT_FOR_FILES.sub("_", port.name)
            write_table(output, folder / f"{name}.parquet", ".parquet")
            _rescue_images(output, folder / name)
    if view is not None:
        (folder / "view.html").write_text(view, encoding="utf-8")
    return folder


def _rescue_images(table: StoredTable, beginning: Path) -> None:
    for place, column in enumerate(image_columns(table), 1):
        for number, png in enumerate(image_cells(table, column), 1):
            if png is not None:
                beginning.with_name(f"{beginning.name}-{place}-{number}.png").write_bytes(png)
