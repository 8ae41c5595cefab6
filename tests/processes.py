"""What the system says of processes and their children; it reads /proc, which Linux alone has."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

# What a read says of a process or thread that ended in between.
_ENDED = (FileNotFoundError, ProcessLookupError)


def children(of: int | None = None) -> set[int]:
    """Processes, zombies too, that a process has started and not yet seen the end of."""
    found = set[int]()
    for path in Path(f"/proc/{of or os.getpid()}/task").glob("*/children"):
        with contextlib.suppress(*_ENDED):
            found |= set(map(int, path.read_text(encoding="ascii").split()))
    return found


def exists(pid: int) -> bool:
    """Whether a process runs; a zombie, which waits for its parent alone, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except _ENDED:
        return False
    return state.rpartition(")")[2].split()[0] not in ("Z", "X")
