"""Writing files so that a crash leaves the old file or the whole new one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

__all__ = ["write_atomically"]


def write_atomically(path: Path, data: bytes) -> None:
    """Write `data` beside `path`, force it to the disk, then rename it over `path`.

    A kill or a power failure at any moment leaves the old content or all of the new one; at
    worst a hidden `.*.tmp` file stays behind. A symbolic link is followed, an existing file's
    permissions are kept, and a new file gets those that the process gives to new files.

    Raises:
        OSError: the folder is missing or not writable, or the disk is full; `path` is as before.
    """
    target = path.resolve()
    beside = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power failure; Windows can neither, nor needs it."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
