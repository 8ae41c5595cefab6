"""Outputs of a step as files, all of them or none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from knime_headless.tables import StoredTable
from knime_headless.workflow.description import ImageFiles
from knime_headless.workflow.plain import image_cells, row_ids, write_table
from knime_headless.workflow.plan import PlannedStep
from knime_headless.workflow.staging import Staging

_NOT_FOR_FILES = re.compile(r"[^\w.-]+")


def write_outputs(step: PlannedStep, outputs: tuple[Any, ...], view: str | None) -> list[Path]:
    """Write what the workflow asks for of one step.

    Returns:
        The files, in the order of the workflow file.

    Raises:
        OSError: a file cannot be written; then none of them is.
        ValueError: a table has no such image column, or two files have the same path.
    """
    with Staging() as staging:
        for index, wanted in step.outputs.items():
            table: StoredTable = outputs[index]
            for file in wanted.files:
                write_table(table, staging.place_for(file), file.suffix.lower())
            if wanted.images is not None:
                _write_images(table, wanted.images, staging)
        if step.step.view is not None:
            staging.place_for(step.step.view).write_text(view or "", encoding="utf-8")
    return staging.files


def _write_images(table: StoredTable, images: ImageFiles, staging: Staging) -> None:
    cells = image_cells(table, images.column)
    for number, (row_id, png) in enumerate(zip(row_ids(table), cells, strict=True), 1):
        if png is not None:
            safe_id = _NOT_FOR_FILES.sub("_", row_id)
            path = images.path.replace("{row}", str(number)).replace("{row_id}", safe_id)
            staging.place_for(Path(path)).write_bytes(png)
