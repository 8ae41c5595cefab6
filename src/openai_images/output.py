"""A folder for results: tried before they are made, and losing none of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .errors import InvalidOutput
from .files import file_beside, remove_leftovers, write_new
from .text import printable

__all__ = ["OutputFolder"]

# What a full disk or a quota refuses; an empty file may still find room.
_PROBE = bytes(64 * 1024)
# Bytes of a name on the usual file systems, where the system does not tell.
_LONGEST_NAME = 255


class OutputFolder:
    """A folder for results that cost something: tried before they are made, losing none of them.

    Attributes:
        path: as it was given; it exists.
        rescue: where the results went that could not be written here; None while all could.
    """

    def __init__(self, path: Path, expected_bytes: int) -> None:
        """Make the folder, with those above it, and try to write to it.

        Args:
            expected_bytes: about how much the results will take together.

        Raises:
            InvalidOutput: it is no folder, cannot be written to, or has too little room.
        """
        self.path = path
        self.rescue: Path | None = None
        _try(path)
        remove_leftovers(path)
        self._longest = _longest_name(path)
        free = shutil.disk_usage(path).free
        if free < expected_bytes:
            raise InvalidOutput(
                f"{printable(str(path))} has {_megabytes(free)} left, and the results may take "
                f"{_megabytes(expected_bytes)}: make room, or choose another folder."
            )

    def write(self, stem: str, ending: str, data: bytes, number: int = 1) -> Path:
        """Write a new file, named like `cat-variation-1.png`; nothing is ever overwritten.

        A file of that name that holds `data` already is left as it is. Where writing fails, the
        file goes into a fresh folder for temporary files.

        Args:
            stem: how the name begins; cut where the file system takes no name so long.
            ending: how it ends, with `{}` for the number: `-variation-{}.png`.
            number: the first to be tried; where the name is taken, the next one is.

        Returns:
            Where the file is.

        Raises:
            InvalidOutput: the folder for temporary files cannot be written to either.
        """
        try:
            return self._write(self.path, stem, ending, data, number)
        except OSError as error:
            reason = error.strerror
        try:
            if self.rescue is None:
                self.rescue = Path(tempfile.mkdtemp(prefix="openai-images-"))
            return self._write(self.rescue, stem, ending, data, number)
        except OSError as error:
            raise InvalidOutput(
                f"A picture of {stem} is lost: it could be written neither to "
                f"{printable(str(self.path))} ({reason}) nor to {tempfile.gettempdir()} "
                f"({error.strerror})."
            ) from None

    def _write(self, folder: Path, stem: str, ending: str, data: bytes, number: int) -> Path:
        while True:
            path = folder / self._fitting(stem, ending.format(number))
            try:
                write_new(path, data)
            except FileExistsError:
                if not _holds(path, data):
                    number += 1
                    continue
            return path

    def _fitting(self, stem: str, ending: str) -> str:
        while stem and len(os.fsencode(stem + ending)) > self._longest:
            stem = stem[:-1]
        return stem + ending


def _try(folder: Path) -> None:
    """Make a folder and write something to it, which is taken away again.

    Raises:
        InvalidOutput: one of these cannot be done.
    """
    shown = printable(str(folder))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with file_beside(folder / "probe", _PROBE):
            pass
    except (FileExistsError, NotADirectoryError):
        raise InvalidOutput(f"{shown} is no folder, or lies in a file: name a folder.") from None
    except OSError as error:
        raise InvalidOutput(
            f"{shown} cannot be written to ({error.strerror}): choose another folder."
        ) from None


def _longest_name(folder: Path) -> int:
    try:
        return os.pathconf(folder, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):  # Windows; a file system that does not tell
        return _LONGEST_NAME


def _holds(path: Path, data: bytes) -> bool:
    try:
        is_like = path.is_file() and path.stat().st_size == len(data)
        return is_like and path.read_bytes() == data
    except OSError:
        return False


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
