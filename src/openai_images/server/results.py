"""Pictures kept for an hour behind addresses that nobody can guess."""

from __future__ import annotations

import errno
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import InvalidSettings
from ..files import write_atomically
from .refusal import Refusal

__all__ = ["ResultStore"]

_TOKEN_BYTES = 32
_RESULT = re.compile(r"[A-Za-z0-9_-]{43}\.png")
_UNFINISHED = re.compile(r"\.[0-9a-f]{16}\.tmp")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_RETRY_SECONDS = 60  # where the disk is full of what is not ours


class ResultStore:
    """PNG files in one folder, each named by its token and gone after `lifetime` seconds.

    The names open the pictures, so nobody else may list the folder or read the files. The age of a
    file is its modification time, so a folder that outlives a restart of the server keeps its
    promises; a temporary folder goes with the server.

    Raises:
        InvalidSettings: the folder cannot be made, or holds other files and is open to others.
    """

    def __init__(
        self,
        folder: Path | None,
        lifetime: float,
        max_bytes: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._temporary = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="openai-images-"))
        self._lifetime = lifetime
        self._max_bytes = max_bytes
        self._clock = clock
        try:
            self._make_private()
        except OSError as error:
            raise InvalidSettings(
                f'The results folder "{self.folder}" cannot be used: {error.strerror}.'
            ) from None

    def save(self, pngs: Sequence[bytes]) -> list[str]:
        """Keep the pictures, all or none; their tokens, in order.

        Raises:
            Refusal: 503 with `retry-after`, there is no room until older results are gone.
            OSError: the folder is gone or cannot be written to.
        """
        self._make_room(sum(map(len, pngs)))
        saved: list[str] = []
        try:
            for png in pngs:
                token = secrets.token_urlsafe(_TOKEN_BYTES)
                write_atomically(self._path(token), png, mode=0o600)
                saved.append(token)
        except OSError as error:
            for token in saved:
                self._path(token).unlink(missing_ok=True)
            if error.errno in _FULL:
                raise _full(_RETRY_SECONDS) from None
            raise
        return saved

    def read(self, token: str) -> tuple[bytes, int] | None:
        """The picture of a token and the seconds that it still lives; None if there is none."""
        path = self._path(token)
        if not _RESULT.fullmatch(f"{token}.png"):
            return None
        seconds = self._seconds_left(path)
        try:
            return (path.read_bytes(), int(seconds)) if seconds > 0 else None
        except FileNotFoundError:  # swept away meanwhile
            return None

    def sweep(self) -> None:
        """Remove what is over, and what a killed server had begun to write."""
        for path in self._files(_RESULT, _UNFINISHED):
            if self._seconds_left(path) <= 0:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove a temporary folder; one that the operator named stays."""
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _make_private(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = self._files(_RESULT, _UNFINISHED)
        if self.folder.stat().st_mode & 0o077:
            if len(ours) < len(list(self.folder.iterdir())):
                raise InvalidSettings(
                    f'The results folder "{self.folder}" holds other files and is open to other '
                    "users, who could read the results: choose a folder of its own."
                )
            self.folder.chmod(0o700)
        for path in ours:
            path.chmod(0o600)

    def _seconds_left(self, path: Path) -> float:
        try:
            return path.stat().st_mtime + self._lifetime - self._clock()
        except FileNotFoundError:
            return 0.0

    def _make_room(self, wanted: int) -> None:
        self.sweep()
        files = self._files(_RESULT)
        if sum(path.stat().st_size for path in files) + wanted > self._max_bytes:
            oldest = min(map(self._seconds_left, files), default=float(_RETRY_SECONDS))
            raise _full(max(1, round(oldest)))

    def _files(self, *names: re.Pattern[str]) -> list[Path]:
        return [
            path
            for path in self.folder.glob("*")
            if any(name.fullmatch(path.name) for name in names)
        ]

    def _path(self, token: str) -> Path:
        return self.folder / f"{token}.png"


def _full(wait: int) -> Refusal:
    return Refusal(
        503,
        f"The store of results is full. Ask for b64_json, or try again in {wait}s.",
        kind="server_error",
        code="result_store_full",
        headers={"retry-after": str(wait)},
    )
