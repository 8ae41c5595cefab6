"""Pictures kept for an hour behind addresses that nobody can guess."""

from __future__ import annotations

import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .refusal import Refusal

__all__ = ["ResultStore"]

_TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class ResultStore:
    """PNG files in one folder, each named by its token and gone after `lifetime` seconds.

    The age of a file is its modification time, so a folder that outlives a restart of the server
    keeps its promises; a temporary folder goes with the server.
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
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lifetime = lifetime
        self._max_bytes = max_bytes
        self._clock = clock

    def save(self, pngs: Sequence[bytes]) -> list[str]:
        """Keep the pictures; their tokens, in order.

        Raises:
            Refusal: 503 with `retry-after`, there is no room until older results are gone.
        """
        self._make_room(sum(map(len, pngs)))
        tokens = [secrets.token_urlsafe(_TOKEN_BYTES) for _ in pngs]
        for token, png in zip(tokens, pngs, strict=True):
            self._path(token).write_bytes(png)
        return tokens

    def read(self, token: str) -> tuple[bytes, int] | None:
        """The picture of a token and the seconds that it still lives; None if there is none."""
        if not _TOKEN.fullmatch(token):
            return None
        path = self._path(token)
        seconds = self._seconds_left(path)
        try:
            return (path.read_bytes(), int(seconds)) if seconds > 0 else None
        except FileNotFoundError:  # swept away meanwhile
            return None

    def sweep(self) -> None:
        """Remove what is over."""
        for path in self._files():
            if self._seconds_left(path) <= 0:
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Remove a temporary folder; one that the operator named stays."""
        if self._temporary:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _seconds_left(self, path: Path) -> float:
        try:
            return path.stat().st_mtime + self._lifetime - self._clock()
        except FileNotFoundError:
            return 0.0

    def _make_room(self, wanted: int) -> None:
        self.sweep()
        files = self._files()
        if sum(path.stat().st_size for path in files) + wanted <= self._max_bytes:
            return
        wait = max(1, round(min(map(self._seconds_left, files), default=60.0)))
        raise Refusal(
            503,
            f"The store of results is full. Ask for b64_json, or try again in {wait}s.",
            kind="server_error",
            code="result_store_full",
            headers={"retry-after": str(wait)},
        )

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("*.png") if _TOKEN.fullmatch(path.stem)]

    def _path(self, token: str) -> Path:
        return self.folder / f"{token}.png"
