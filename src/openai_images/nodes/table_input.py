"""The input table row by row: which column holds the pictures, and what a row says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import knime.extension as knext

from ..errors import InvalidPicture, InvalidRequest
from ..rows import Row
from ..source import Picture
from .columns import is_image

__all__ = ["ROW_ID", "KnimeRow", "is_text", "picture_column", "rows_of"]

ROW_ID = "<RowID>"
"""Name of the first column of a table's Arrow data, which holds the RowIDs."""


@dataclass(frozen=True)
class KnimeRow(Row):
    """A row of KNIME's, called by its RowID; a cell may be an image."""

    def picture(self, column: str) -> Picture | str | None:
        try:
            value = self.cell(column)
        except Exception as error:  # noqa: BLE001 (whatever Pillow says to a damaged cell)
            raise InvalidPicture(f"The image cell cannot be read: {error}") from None
        return value if value is None or isinstance(value, str) else self._picture(value)

    def _picture(self, image: Any) -> Picture:
        return Picture(f"{self.id}.png", _png_file(image))


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
        data = batch.to_pyarrow()
        for index, row_id in enumerate(data.column(0).to_pylist()):
            yield KnimeRow(row_id, data, index)


def is_text(column: knext.Column) -> bool:
    """Whether it is a column of texts."""
    return bool(column.ktype == knext.string())


def picture_column(schema: knext.Schema, chosen: str | None) -> str:
    """The column with the pictures: the chosen one, or else the only image or text column.

    Raises:
        InvalidRequest: it does not exist or holds something else, or there is none or a choice.
    """
    images = [column.name for column in schema if is_image(column)]
    texts = [column.name for column in schema if is_text(column)]
    if chosen:
        if chosen not in schema.column_names:
            raise InvalidRequest(
                f'The table has no column "{chosen}": choose another Image Column.'
            )
        if chosen not in (*images, *texts):
            raise InvalidRequest(
                f'The column "{chosen}" holds neither PNG images nor texts: choose a column of '
                "images, or of paths or URLs, as Image Column."
            )
        return chosen
    candidates = images or texts
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise InvalidRequest(
            "The table has no column of PNG images, and none of texts that could be paths or URLs."
        )
    kind = "images" if images else "texts"
    raise InvalidRequest(
        f"The table has {len(candidates)} columns of {kind} ({', '.join(candidates)}): choose the "
        "one with the pictures as Image Column."
    )
