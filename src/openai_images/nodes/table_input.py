"""The input table row by row: which column holds the pictures, and what a row says."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import knime.extension as knext

from ..errors import InvalidPicture, InvalidRequest
from ..journal import inputs_digest
from ..rows import Row
from ..source import Picture
from ..text import printable
from .columns import is_image
from .dictionaries import completed

__all__ = ["ROW_ID", "KnimeRow", "inputs_of", "is_path", "is_text", "picture_column", "rows_of"]

ROW_ID = "<RowID>"
"""Name of the first column of a table's Arrow data, which holds the RowIDs."""


@dataclass(frozen=True)
class KnimeRow(Row):
    """A row of KNIME's, called by its RowID; a cell may be an image or a path of KNIME's."""

    def picture(self, column: str) -> Picture | str | None:
        try:
            value = self.cell(column)
        except Exception as error:  # noqa: BLE001 (whatever Pillow says to a damaged cell)
            raise InvalidPicture(f"The image cell cannot be read: {error}") from None
        if value is None or isinstance(value, str):
            return value
        if hasattr(value, "fs_category"):
            return _location(value.fs_category, value.fs_specifier, value.path)
        return Picture(f"{self.id}.png", _png_file(value))


def _location(category: str, specifier: str | None, path: str) -> str:
    """A path of KNIME's (its FSLocation) as a path or URL.

    Raises:
        InvalidPicture: it lies where only KNIME's own nodes can read.
    """
    if category in ("LOCAL", "CUSTOM_URL"):
        return path
    if (category, specifier) == ("RELATIVE", "knime.workflow.data"):
        return f"knime://knime.workflow/data/{quote(path.lstrip('/'))}"
    place = " ".join(filter(None, (category, specifier)))
    raise InvalidPicture(
        f'"{printable(path)[:200]}" lies in a file system that only KNIME reads ({place}): copy '
        "the files to a local folder or the workflow's data area (Transfer Files), or read them "
        "into an image column (Image Reader)."
    )


def _png_file(image: Any) -> bytes:
    """The file of a picture. KNIME opens image cells and reads no pixel, so it is still there."""
    file = getattr(image, "fp", None)
    if image.format == "PNG" and file is not None:
        file.seek(0)
        content: bytes = file.read()
        return content
    encoded = io.BytesIO()
    image.save(encoded, format="PNG")
    return encoded.getvalue()


def rows_of(table: knext.Table) -> Iterator[KnimeRow]:
    """All rows, read batch by batch."""
    for batch in table.batches():
        data = completed(batch.to_pyarrow())
        for index, row_id in enumerate(data.column(0).to_pylist()):
            yield KnimeRow(row_id, data, index)


def inputs_of(table: knext.Table, pictures: str) -> str:
    """A digest that tells a table from others that the same is asked for: its shape, and the first
    cell of its column of pictures."""
    first = next(rows_of(table), None)
    try:
        picture = None if first is None else first.picture(pictures)
    except InvalidPicture:
        picture = None
    if isinstance(picture, Picture):
        picture = hashlib.sha256(picture.data).hexdigest()
    return inputs_digest(table.column_names, table.num_rows, picture)


def is_path(column: knext.Column) -> bool:
    """Whether it is a column of KNIME's type Path."""
    return "FSLocationValueFactory" in str(getattr(column.ktype, "logical_type", ""))


def is_text(column: knext.Column) -> bool:
    """Whether it is a column of texts."""
    return bool(column.ktype == knext.string())


def picture_column(schema: knext.Schema, chosen: str | None) -> str:
    """The column with the pictures: the chosen one; or else the only one of images, without any
    the only one of paths, without these the only one of texts.

    Raises:
        InvalidRequest: it does not exist or holds something else, or there is none or a choice.
    """
    kinds = {
        kind: [column.name for column in schema if holds(column)]
        for kind, holds in (("images", is_image), ("paths", is_path), ("texts", is_text))
    }
    if chosen:
        if chosen not in schema.column_names:
            raise InvalidRequest(
                f'The table has no column "{chosen}": choose another Image Column.'
            )
        if not any(chosen in names for names in kinds.values()):
            raise InvalidRequest(
                f'The column "{chosen}" holds neither PNG images nor paths nor texts: choose a '
                "column of images, or of paths or URLs, as Image Column."
            )
        return chosen
    kind = next((kind for kind, names in kinds.items() if names), None)
    if kind is None:
        raise InvalidRequest(
            "The table has no column of PNG images, none of paths, and none of texts that could be "
            "paths or URLs."
        )
    candidates = kinds[kind]
    if len(candidates) == 1:
        return candidates[0]
    raise InvalidRequest(
        f"The table has {len(candidates)} columns of {kind} ({', '.join(candidates)}): choose the "
        "one with the pictures as Image Column."
    )
