"""What must not outlive the process: its temporary folder, and unfinished files in other places.

The folder is locked while its process lives. A process that is killed cannot clean up, but the
kernel takes its lock away, and the next process removes what it finds unlocked.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import stat
import sys
import tempfile
import threading
from itertools import count
from pathlib import Path

_PREFIX = "knime-headless-"
_PLACES = "places"
"""The file, in a process's folder, that names the folders with unfinished files, NUL between."""

ending = threading.RLock()
"""Held while folders and files are made or removed."""

_folder: Path | None = None
_handle: int | None = None
_owner = 0
_numbers = count(1)


def new_folder() -> Path:
    """An empty folder for the use of this process."""
    with ending:
        path = _own_folder() / str(next(_numbers))
        path.mkdir()
    return path


def new_unfinished(folder: Path) -> Path:
    """A path in a folder for a file that is to be renamed when it is complete."""
    with ending:
        own = _own_folder()
        with (own / _PLACES).open("ab") as places:
            places.write(os.fsencode(folder) + b"\0")
        return folder / f".{next(_numbers)}.{own.name}.part"


def discard_all() -> None:
    """Remove the folder of this process and its unfinished files."""
    global _folder
    with ending:
        if _folder is not None and _owner == os.getpid():
            _remove(_folder)
            _unlock(_handle)
        _folder = None


atexit.register(discard_all)


def _own_folder() -> Path:
    global _folder, _handle, _owner
    if _folder is None:
        parent = Path(tempfile.gettempdir())
        _remove_leftovers(parent)
        made = Path(tempfile.mkdtemp(prefix=f".{_PREFIX}", dir=parent))
        _handle, _owner = _lock(made), os.getpid()
        # Others look for this name only, and would remove a folder that is not locked yet.
        _folder = made.rename(parent / made.name[1:])
    return _folder


def _lock(folder: Path) -> int | None:
    """Lock a folder until the process ends; ``None`` if that cannot be done."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _unlock(handle: int | None) -> None:
    if handle is not None:
        os.close(handle)


def _remove_leftovers(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        # Another process may be removing it just now.
        with contextlib.suppress(OSError):
            handle = _lock(folder) if _is_mine(folder) else None
            if handle is not None:
                _remove(folder)
                _unlock(handle)


def _is_mine(folder: Path) -> bool:
    if sys.platform == "win32":
        return False
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for place in (folder / _PLACES).read_bytes().split(b"\0")[:-1]:
            for file in Path(os.fsdecode(place)).glob(f".*.{folder.name}.part"):
                file.unlink(missing_ok=True)
    # A node that does not stop must not go on writing into it by its name.
    with contextlib.suppress(OSError):
        folder = folder.rename(folder.with_name(f"{folder.name}-ended"))
    shutil.rmtree(folder, ignore_errors=True)
