"""A journal on the disk of one machine.

What was sent is in a SQLite database, answers are in a file beside it: a call is done once its
answer is whole there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotSent
from ..files import FolderLock, lock_folder
from ..response import ApiResponse
from .answers import AnswerFile
from .group import GroupCommit
from .protocol import Entry, State, kept_answer, read_answer

if TYPE_CHECKING:
    from typing import Self

__all__ = ["MIN_FREE_BYTES", "SqliteJournal"]

_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    question   TEXT NOT NULL,     -- digest of what was asked
    occurrence INTEGER NOT NULL,  -- two equal rows are two calls: 0, 1, ...
    state      TEXT NOT NULL,     -- sent or failed
    changed    INTEGER NOT NULL,  -- Unix time in seconds
    PRIMARY KEY (question, occurrence)
) WITHOUT ROWID
"""
_READ = "SELECT question, occurrence, state FROM calls"
_WRITE = """
INSERT INTO calls VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET state = excluded.state, changed = excluded.changed
"""
_FORGET = "DELETE FROM calls"
# The end of the names of files that results' addresses led to.
_FETCHED = ".fetched"
_Row = tuple[str, int, str, int]

DAY_SECONDS = 86_400
# What a killed run left is kept so long, in case that its workflow is run again.
LEFT_DAYS = 30
# No call is made that would leave less room than this for the answers that are under way.
MIN_FREE_BYTES = 512 * 2**20
MAX_BYTES = 50 * 2**30


class SqliteJournal:
    """A journal in a folder of its own.

    Two runs at once, in one process or in several, never share a folder: the second one gets
    another. Use it in a `with` block, or call `close`; `finish` before that says that the run
    came to its end, so that nothing of it is needed any more.

    Args:
        parent: where journals are kept; made if it does not exist.
        name: that of the run, see `fingerprint`; the same name finds what a killed run left.
        inputs: names what the run works on; where several runs of a name left something, that
            with the same inputs is gone on with.
        keep_days: how long the answers of a finished run are kept, to be taken over by the next
            one; 0 removes them.
        max_bytes, min_free_bytes: no call is sent once the answers are larger, or less is free.

    Raises:
        NotSent: the folder cannot be made or written.
    """

    def __init__(
        self,
        parent: Path,
        name: str,
        *,
        inputs: str = "",
        keep_days: int = 0,
        max_bytes: int = MAX_BYTES,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> None:
        self._keep_days = keep_days
        self._max_bytes = max_bytes
        self._min_free_bytes = min_free_bytes
        self._claims: Counter[str] = Counter()
        self._claiming = threading.Lock()
        self._lock = threading.Lock()
        self._is_finished = False
        self._broken: Exception | None = None
        self._write_through = GroupCommit(partial(self._write, synchronous="FULL"))
        try:
            _remove_old(parent, max(keep_days, LEFT_DAYS))
            self._folder_lock = _free_folder(parent, f"{name}-{inputs}" if inputs else name, name)
            self.folder = self._folder_lock.folder
            self._answers = AnswerFile(self.folder / "answers.log")
            self._database = self._opened()
            self._left = self._states()
        except (OSError, sqlite3.Error) as error:
            raise _cannot_be_written(parent, error) from None

    def claim(self, question: str) -> Entry:
        with self._claiming:
            occurrence = self._claims[question]
            self._claims[question] += 1
        name = _name(question, occurrence)
        state = self._left.get(name, State.TODO)
        if state is State.DONE and self._answers.read(name) is None:
            state = State.SENT
        return Entry(question, occurrence, state)

    def sent(self, call: Entry) -> None:
        if self._broken is not None:
            raise _cannot_be_written(self.folder, self._broken)
        self._check_room()
        try:
            self._write_through(_row(call, State.SENT))
        except sqlite3.Error as error:
            raise _cannot_be_written(self.folder, error) from None

    def done(self, call: Entry, answer: ApiResponse) -> None:
        self._keep(_name(call.question, call.occurrence), kept_answer(answer))

    def failed(self, call: Entry) -> None:
        try:
            # May get lost: a call that stays sent is only treated more carefully.
            self._write([_row(call, State.FAILED)], synchronous="NORMAL")
        except sqlite3.Error as error:
            self._broken = error

    def answer(self, call: Entry) -> ApiResponse:
        content = self._answers.read(_name(call.question, call.occurrence))
        assert content is not None, "claimed as done"
        return read_answer(content)

    def keep_fetched(self, url: str, content: bytes) -> None:
        self._keep(_name_of_fetched(url), content)

    def fetched(self, url: str) -> bytes | None:
        return self._answers.read(_name_of_fetched(url))

    def count(self) -> Counter[State]:
        """How many calls are kept in each state, those of earlier runs included."""
        return Counter(self._states().values())

    def forget(self) -> None:
        """Take nothing over: what earlier runs asked and were answered is gone.

        Raises:
            NotSent: the journal cannot be written.
        """
        try:
            with self._lock:
                self._database.execute(_FORGET)
            self._answers.clear()
            self._left.clear()
        except (sqlite3.Error, OSError) as error:
            raise _cannot_be_written(self.folder, error) from None

    def finish(self) -> None:
        """The run has come to its end, and whoever made it has got its results.

        Only answers that are kept as a cache stay: calls without one were reported, and what
        becomes of them was decided by whoever read that. Without a cache `close` removes all.
        """
        self._is_finished = True
        if self._keep_days:
            with self._lock:
                self._database.execute(_FORGET)

    def close(self) -> None:
        self._database.close()
        if self._is_finished and not self._keep_days:
            self._remove()
        else:
            self._answers.close()
        self._folder_lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remove(self) -> None:
        """Remove the folder. The disk frees a file as its last user closes it, which takes a second
        for two thousand answers, and nobody need wait for that."""
        if os.name == "nt":  # Nothing is removed there that is open.
            self._answers.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        with suppress(OSError):  # Other journals are in it.
            self.folder.parent.rmdir()
        threading.Thread(target=self._answers.close).start()

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(
            self.folder / "journal.sqlite", isolation_level=None, check_same_thread=False
        )
        database.execute("PRAGMA journal_mode = WAL")
        # Begun anew so often, the log hardly grows: to make a file longer takes the disk half as
        # long again as to write over what is there.
        database.execute("PRAGMA wal_autocheckpoint = 16")
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if version not in (0, _VERSION):
            database.execute("DROP TABLE IF EXISTS calls")
            self._answers.clear()
        database.execute(_SCHEMA)
        database.execute(f"PRAGMA user_version = {_VERSION}")
        return database

    def _states(self) -> dict[str, State]:
        """How far each call came, by its name, as long as no answer is damaged."""
        with self._lock:
            rows = self._database.execute(_READ).fetchall()
        states = {_name(question, occurrence): State(state) for question, occurrence, state in rows}
        return states | {name: State.DONE for name in self._answers if not name.endswith(_FETCHED)}

    def _keep(self, name: str, content: bytes) -> None:
        """Write what was paid for; it goes on to its reader even where that fails."""
        try:
            self._answers.keep((name, content))
        except OSError as error:
            self._broken = error

    def _write(self, rows: Sequence[_Row], *, synchronous: str) -> None:
        """Write all rows or none; FULL is for what must survive a power failure."""
        with self._lock:
            self._database.execute(f"PRAGMA synchronous = {synchronous}")
            with self._database:
                self._database.execute("BEGIN")
                self._database.executemany(_WRITE, rows)

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < self._min_free_bytes:
            raise NotSent(
                f"Not sent: the disk of {self.folder.parent} has only {free / 2**20:,.0f} MiB "
                "left, and answers could not be kept: free space on it, then run again."
            )
        if self._answers.size >= self._max_bytes:
            raise NotSent(
                f"Not sent: the answers kept in {self.folder.parent} have reached their limit of "
                f"{self._max_bytes / 2**30:,.0f} GiB: run the rest as a table of its own."
            )


def _name(question: str, occurrence: int) -> str:
    return f"{question}-{occurrence}"


def _name_of_fetched(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest() + _FETCHED


def _row(call: Entry, state: State) -> _Row:
    return call.question, call.occurrence, state.value, int(time.time())


def _free_folder(parent: Path, name: str, family: str) -> FolderLock:
    """What a run of that name left; or else one of its family; or else a new folder.

    Other runs may be under way, whose folders are locked; a new one is called `name`, or
    `name-2`, `name-3`, ...
    """
    left = sorted(folder.name for folder in parent.glob(f"{family}*"))
    left.sort(key=lambda folder: not folder.startswith(name))
    new = (f"{name}-{number}" if number > 1 else name for number in count(1))
    locks = (lock_folder(parent / folder) for folder in chain(left, new))
    return next(lock for lock in locks if lock is not None)


def _remove_old(parent: Path, days: int) -> None:
    """Remove what finished and killed runs left longer than `days` ago."""
    oldest = time.time() - days * DAY_SECONDS
    for database in parent.glob("*/journal.sqlite"):
        if database.stat().st_mtime < oldest and (lock := lock_folder(database.parent)):
            shutil.rmtree(database.parent, ignore_errors=True)
            lock.release()


def _cannot_be_written(folder: Path, error: Exception) -> NotSent:
    return NotSent(
        f"Nothing was sent: the journal in {folder} cannot be written ({error}): free space on "
        "its disk, change the folder's permissions, or remove the folder."
    )
