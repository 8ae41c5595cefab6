"""Pictures that a table names by their paths. Tables come from anywhere, so this is not trusted."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from knime_headless.errors import shown

MOST_BYTES = 64 * 2**20
"""Of one picture: as much as the largest answer of a service that a node takes."""


def image_class() -> type:
    """Pillow's class of pictures, imported when it is needed."""
    from PIL import Image

    return Image.Image


def encoded_images(
    cells: Sequence[Any], encode: Callable[[Any], Any], folder: Path, allowed: Sequence[Path]
) -> list[Any]:
    """Each picture as it is stored in a table.

    Args:
        cells: bytes, texts (paths) or ``None``.
        encode: makes of a picture what is stored.
        folder: what paths are relative to.
        allowed: folders that the files must be in, directly or deeper.

    Raises:
        ValueError: names the row, and says why it holds no picture.
    """
    encoded = []
    for number, cell in enumerate(cells, 1):
        try:
            encoded.append(None if cell is None else _encoded(cell, encode, folder, allowed))
        except Exception as error:  # noqa: BLE001 - Pillow raises whatever its formats come across
            raise ValueError(f"row {number}, {shown(cell)}: {error}") from None
    return encoded


def _encoded(cell: Any, encode: Callable[[Any], Any], folder: Path, allowed: Sequence[Path]) -> Any:
    from PIL import Image

    data = _bytes_of(folder / cell, allowed) if isinstance(cell, str) else cell
    if not isinstance(data, bytes):
        raise TypeError("this is neither the path of a file nor bytes")
    with Image.open(io.BytesIO(data)) as image:
        return encode(image)


def _bytes_of(path: Path, allowed: Sequence[Path]) -> bytes:
    path = path.resolve()
    if not any(folder in path.parents for folder in allowed):
        raise ValueError("this file is outside of the workflow's folder and of image_folders")
    # Opening a pipe without the flag would wait for its other end.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("this is no regular file")
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError(f"this file is larger than {MOST_BYTES:,} bytes")
    return data
