"""Files that a crash leaves whole, and folders that only one run has."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import BinaryIO

__all__ = [
    "FolderLock",
    "file_beside",
    "lock_folder",
    "remove_leftovers",
    "sync_folder",
    "write_atomically",
    "write_new",
]

_LEFTOVER = re.compile(r"\.[0-9a-f]{16}\.tmp")
_LEFTOVER_SECONDS = 3600


def write_atomically(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write `data` beside `path`, force it to the disk, then rename it over `path`.

    A kill or a power failure at any moment leaves the old content or all of the new one; at
    worst a hidden `.*.tmp` file stays behind. A symbolic link is followed, an existing file's
    permissions are kept, and a new file gets those of `mode` that the process gives to new files.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full; `path` is as before.
    """
    target = path.resolve() if path.is_symlink() else path
    with file_beside(target, data, mode) as file:
        if target.exists():
            file.chmod(target.stat().st_mode & 0o7777)
        file.replace(target)
    sync_folder(target.parent)


def write_new(path: Path, data: bytes) -> None:
    """As `write_atomically`, but never over anything that is there.

    Raises:
        FileExistsError: the name is taken.
        OSError: as `write_atomically`.
    """
    with file_beside(path, data) as file:
        try:
            os.link(file, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links, such as FAT
            if os.path.lexists(path):
                raise FileExistsError(path) from None
            file.rename(path)
    sync_folder(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left of files that they wrote here.

    Only what is older than an hour, so that nobody still writes it; what cannot be removed stays.
    """
    oldest = time.time() - _LEFTOVER_SECONDS
    with suppress(OSError):
        for path in folder.glob(".*.tmp"):
            if _LEFTOVER.fullmatch(path.name) and path.stat().st_mtime < oldest:
                path.unlink()


@contextmanager
def file_beside(path: Path, data: bytes, mode: int = 0o666) -> Iterator[Path]:
    """A hidden file beside `path` that holds `data`, on the disk; it is gone at the end."""
    file = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        opener = partial(os.open, mode=mode)
        with open(file, "xb", opener=opener) as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield file
    finally:
        file.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power failure; Windows can neither, nor needs it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FolderLock:
    """A folder that nobody else uses until `release`, or until the process ends, however."""

    def __init__(self, folder: Path, file: BinaryIO) -> None:
        self.folder = folder
        self._file = file

    def release(self) -> None:
        """Let the next one have the folder."""
        self._file.close()


def lock_folder(folder: Path) -> FolderLock | None:
    """Make the folder where it is missing, and lock it; None while somebody else uses it.

    The lock is the operating system's, on a file `lock` in the folder: none is left by a crash.

    Raises:
        OSError: the folder cannot be made, or its file system knows no locks.
    """
    while True:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            file = (folder / "lock").open("ab")
        except FileNotFoundError:
            continue  # Whoever had the folder has just removed it.
        try:
            _lock_file(file)
            if os.path.samestat((folder / "lock").stat(), os.fstat(file.fileno())):
                return FolderLock(folder, file)
        except FileNotFoundError:
            pass
        except BlockingIOError:
            file.close()
            return None
        except BaseException:
            file.close()
            raise
        file.close()


def _lock_file(file: BinaryIO) -> None:
    """Lock without waiting; BlockingIOError where another has the lock."""
    if os.name != "nt":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except PermissionError as error:
        raise BlockingIOError(*error.args) from None
