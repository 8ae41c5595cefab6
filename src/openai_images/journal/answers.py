"""Answers on the disk of one machine, one after the other in a file.

Each has a line before it: its name, its length in bytes and its checksum. A crash can leave the
last ones in pieces, which are cut off or passed over when the file is opened again or read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..deflate import crc32
from ..files import sync_folder
from .group import GroupCommit

__all__ = ["AnswerFile"]

_LINE = re.compile(rb"([!-~]{1,200}) ([0-9]{1,15}) ([0-9a-f]{8})\n")
_LONGEST_LINE = 256


class _Place(NamedTuple):
    """Where a content begins in the file, in bytes, and what it must be like."""

    start: int
    length: int
    checksum: int


class AnswerFile:
    """Keeps contents by name; the last one of a name counts. May be used by many threads.

    Args:
        path: of the file; made if it does not exist.

    Raises:
        OSError: it cannot be made, read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.touch()
        sync_folder(path.parent)
        # Unbuffered: what could not be written must not be tried again when the file is closed.
        self._file = path.open("r+b", buffering=0)
        self._places = dict(_places(path))
        self._end = max((start + length for start, length, _ in self._places.values()), default=0)
        self._file.truncate(self._end)
        self.keep = GroupCommit(self._write)
        """Keeps a name without blanks and its content; returns when they are on the disk.

        Raises:
            OSError: they cannot be kept.
        """

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return self._end

    def __iter__(self) -> Iterator[str]:
        """The names of all contents, be they damaged."""
        return iter(list(self._places))

    def read(self, name: str) -> bytes | None:
        """The content of that name; None where there is none, or none that is whole."""
        place = self._places.get(name)
        if place is None:
            return None
        with self._path.open("rb") as file:
            file.seek(place.start)
            content = file.read(place.length)
        return content if _checksum(name, content) == place.checksum else None

    def clear(self) -> None:
        """Forget all contents."""
        self._places.clear()
        self._end = 0
        self._file.truncate(0)

    def close(self) -> None:
        self._file.close()

    def _write(self, records: Sequence[tuple[str, bytes]]) -> None:
        places, end = {}, self._end
        try:
            self._file.seek(end)
            for name, content in records:
                checksum = _checksum(name, content)
                line = f"{name} {len(content)} {checksum:08x}\n".encode("ascii")
                _write_whole(self._file, line)
                _write_whole(self._file, content)
                places[name] = _Place(end + len(line), len(content), checksum)
                end += len(line) + len(content)
            os.fsync(self._file.fileno())
        except BaseException:
            with suppress(OSError):
                self._file.truncate(self._end)
            raise
        self._places |= places
        self._end = end


def _checksum(name: str, content: bytes) -> int:
    return crc32(content, crc32(name.encode("ascii")))


def _write_whole(file: BinaryIO, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _places(path: Path) -> Iterator[tuple[str, _Place]]:
    """Where each content stands, up to what a crash left in pieces."""
    size = path.stat().st_size
    with path.open("rb") as file:
        while line := _LINE.fullmatch(file.readline(_LONGEST_LINE)):
            place = _Place(file.tell(), int(line[2]), int(line[3], 16))
            if place.start + place.length > size:
                return
            yield line[1].decode("ascii"), place
            file.seek(place.start + place.length)
