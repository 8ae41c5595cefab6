"""A journal of small objects in a folder that many machines share.

For folders that know no locks: object stores, HDFS, NFS. Each call is a *record*; the names of the
objects in the folder of its question, `questions/QQ/QUESTION/`, say how far it has come:

    RUN.PART.N.sent.ATTEMPT    the call leaves, or has left
    RUN.PART.N.done            its answer
    RUN.PART.N.taken.OWNER     a row of a later run, OWNER, goes on with this call

RUN, PART and ATTEMPT are those of the journal that wrote it, and N counts the claims of a question
there: two equal rows are two calls, in one part of a run or in two. OWNER is a RUN.PART.N too.

**Two who ask the same at once.** A part that is repeated while its first attempt still works, or a
run that is started while another one dies, may come to the same call. So whoever sends first
writes the object *sent* under a name of its own, then lists the folder: if anything has appeared
there since the claim that is no other row's, it takes its own object back and does not send. Of
two that do this at the same moment at least one sees the other; perhaps neither sends. That holds
wherever a list shows all that was stored before it, as it does at S3, GCS, Azure, HDFS and on
local disks; on NFS if it is mounted without a cache of attributes (`noac`).
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import NotSent
from ..response import ApiResponse
from .object_store import ObjectStore
from .protocol import Entry, State, kept_answer, read_answer

if TYPE_CHECKING:
    from pyarrow import fs

__all__ = ["ObjectJournal"]


@dataclass(frozen=True)
class _Claim(Entry):
    """A call with its record, and the names that its folder had when it was claimed."""

    record: str
    seen: frozenset[str] = field(repr=False)

    @property
    def folder(self) -> str:
        return _folder(self.question)

    @property
    def answer(self) -> str:
        return f"{self.folder}/{self.record}.done"


class ObjectJournal:
    """The journal of one part of a run; all parts, and later runs, use the same folder at once.

    What it has kept stays until somebody removes the folder.

    Args:
        filesystem, folder: where the objects are; the folder need not exist.
        run: names the run, in all its parts alike, without dots; a fresh name by default.
        part: which part of the run this is. When it is repeated, it finds its own calls again.
        attempt: names this attempt at the part; a fresh name by default.
    """

    def __init__(
        self,
        filesystem: fs.FileSystem,
        folder: str,
        *,
        run: str = "",
        part: int = 0,
        attempt: str = "",
    ) -> None:
        self._store = ObjectStore(filesystem, folder)
        self._run = run or secrets.token_hex(8)
        self._part = part
        self._attempt = attempt or secrets.token_hex(8)
        self._claims: Counter[str] = Counter()
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._lock = threading.Lock()
        self._broken: OSError | None = None

    def claim(self, question: str) -> Entry:
        """As every journal does.

        Raises:
            NotSent: the folder cannot be read or written.
        """
        with self._lock:
            number = self._claims[question]
            self._claims[question] += 1
        own = f"{self._run}.{self._part}.{number}"
        try:
            names = self._store.names(_folder(question))
            objects = [_Object.named(name) for name in names]
            record = _earlier(own, objects) or self._take_over(question, own, objects) or own
        except OSError as error:
            raise self._cannot_be_used(error) from None
        return _Claim(question, number, _state(record, objects), record, frozenset(names))

    def sent(self, call: Entry) -> None:
        assert isinstance(call, _Claim)
        if self._broken is not None:
            raise self._cannot_be_used(self._broken)
        own = self._sent_name(call)
        try:
            self._store.write(f"{call.folder}/{own}", b"")
            appeared = set(self._store.names(call.folder)) - call.seen - {own}
            has_rival = any(self._is_rival(call, _Object.named(name)) for name in appeared)
            if has_rival:
                self._store.remove(f"{call.folder}/{own}")
        except OSError as error:
            raise self._cannot_be_used(error) from None
        if has_rival:
            raise NotSent(
                "Not sent: the same call is being made elsewhere at this moment, by another "
                "attempt at this part or by another run: once that has ended, run again to take "
                "its answer over."
            )

    def done(self, call: Entry, answer: ApiResponse) -> None:
        assert isinstance(call, _Claim)
        self._keep(call.answer, kept_answer(answer))

    def failed(self, call: Entry) -> None:
        """Take back that it was sent: it is as if nobody had claimed it."""
        assert isinstance(call, _Claim)
        try:
            self._store.remove(f"{call.folder}/{self._sent_name(call)}")
        except OSError as error:
            self._broken = error

    def answer(self, call: Entry) -> ApiResponse:
        assert isinstance(call, _Claim)
        return read_answer(self._store.read(call.answer))

    def keep_fetched(self, url: str, content: bytes) -> None:
        self._keep(_path_of_fetched(url), content)

    def fetched(self, url: str) -> bytes | None:
        try:
            return self._store.read(_path_of_fetched(url))
        except FileNotFoundError:
            return None

    def _take_over(self, question: str, own: str, objects: list[_Object]) -> str | None:
        """Go on with a call that another run left, if there is one that no row has yet."""
        with self._lock:
            taken = self._taken[question]
            record = self._left_over(own, objects, taken)
            if record is None:
                return None
            taken.add(record)
        self._store.write(f"{_folder(question)}/{record}.taken.{own}", b"")
        return record

    def _left_over(self, own: str, objects: list[_Object], taken: set[str]) -> str | None:
        """Where it can be, one of the same part and number: mostly that of the same row."""
        has_row = {it.record for it in objects if it.kind == "taken" and _run(it.by) == self._run}
        calls = {it.record for it in objects if it.kind in ("sent", "done")}
        free = [it for it in calls - has_row - taken if _run(it) != self._run]
        place = _place(own)
        return min(free, key=lambda it: (_place(it) != place, _place(it), it), default=None)

    def _is_rival(self, call: _Claim, it: _Object) -> bool:
        """Whether an object is of this call, or of another run that asks the same."""
        is_call = it.kind in ("sent", "done")
        return is_call and (it.record == call.record or _run(it.record) != self._run)

    def _sent_name(self, call: _Claim) -> str:
        return f"{call.record}.sent.{self._attempt}"

    def _keep(self, path: str, content: bytes) -> None:
        """Write what was paid for; it goes on to its reader even where that fails."""
        try:
            self._store.write(path, content)
        except OSError as error:
            self._broken = error

    def _cannot_be_used(self, error: OSError) -> NotSent:
        return NotSent(
            f"Not sent: the journal in {self._store.folder} cannot be read or written ({error}): "
            "check that every machine may do both there."
        )


@dataclass(frozen=True)
class _Object:
    """What the name of an object says."""

    record: str
    kind: str
    by: str

    @classmethod
    def named(cls, name: str) -> _Object:
        run, part, number, kind, *by = name.split(".")
        return cls(f"{run}.{part}.{number}", kind, ".".join(by))


def _earlier(own: str, objects: list[_Object]) -> str | None:
    """The record that the same row had when it was tried before."""
    for it in objects:
        if own in (it.record, it.by):
            return it.record
    return None


def _state(record: str, objects: list[_Object]) -> State:
    kinds = {it.kind for it in objects if it.record == record}
    if "done" in kinds:
        return State.DONE
    return State.SENT if "sent" in kinds else State.TODO


def _run(record: str) -> str:
    return record.partition(".")[0]


def _place(record: str) -> tuple[int, int]:
    _, part, number = record.split(".")
    return int(part), int(number)


def _folder(question: str) -> str:
    return f"questions/{question[:2]}/{question}"


def _path_of_fetched(url: str) -> str:
    name = hashlib.sha256(url.encode()).hexdigest()
    return f"fetched/{name[:2]}/{name}"
