"""A folder for results: tried before they are made, and losing none of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .errors import InvalidOutput
from .files import file_beside, write_new
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
        self._longest = _longest_name(path)
        free = shutil.disk_usage(path).free
        if free < expected_bytes:
            raise InvalidOutput(
                f"{printable(str(path))} has {_megabytes(free)} left, and the results may take "
                f"{_megabytes(expected_bytes)}: make room, or choose another folder."
            )

    def name(self, stem: str, ending: str) -> str:
        """`stem` and `ending`, the stem cut where the file system takes no name so long."""
        while stem and len(os.fsencode(stem + ending)) > self._longest:
            stem = stem[:-1]
        return stem + ending

    def write(self, name: str, data: bytes) -> Path:
        """Write a new file here or, where that fails, into a fresh folder for temporary files.

        A file that holds `data` already is left as it is.

        Returns:
            Where it is.

        Raises:
            FileExistsError: another file has the name; it is never overwritten.
            InvalidOutput: the folder for temporary files cannot be written to either.
        """
        path = self.path / name
        try:
            write_new(path, data)
        except FileExistsError:
            if not _holds(path, data):
                raise
        except OSError as error:
            return self._rescued(name, data, error)
        return path

    def _rescued(self, name: str, data: bytes, error: OSError) -> Path:
        try:
            if self.rescue is None:
                self.rescue = Path(tempfile.mkdtemp(prefix="openai-images-"))
            write_new(self.rescue / name, data)
        except FileExistsError:
            raise
        except OSError as second:
            raise InvalidOutput(
                f"{name} is lost: it could be written neither to {printable(str(self.path))} "
                f"({error.strerror}) "
                f"nor to {tempfile.gettempdir()} ({second.strerror})."
            ) from None
        return self.rescue / name


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
