"""The journal beside the output, and what becomes of one that an earlier run left there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from ..connection import Connection, ServiceKind
from ..errors import NotSent
from ..journal import MIN_FREE_BYTES, SqliteJournal, State, fingerprint, inputs_digest
from ..text import printable

__all__ = ["journal_beside"]

FOLDER = ".openai-images"


@contextmanager
def journal_beside(
    out: Path,
    connection: Connection,
    settings: tuple[object, ...],
    inputs: Sequence[str],
    *,
    resume: bool | None,
    expected_bytes: int,
) -> Iterator[SqliteJournal]:
    """The journal of a run into `out`, removed at the end where nothing of it is needed any more.

    Args:
        settings: plain values that the calls of the run have in common.
        inputs: paths and URLs of its pictures.
        resume: whether to take over what an earlier run was answered; None refuses where it paid
            for anything.
        expected_bytes: about how much the results will take together.

    Raises:
        NotSent: the journal cannot be written, or it was not said what is to become of one.
    """
    parent = out / FOLDER
    free = min(MIN_FREE_BYTES, expected_bytes)
    name = fingerprint(connection, *settings)
    try:
        with SqliteJournal(
            parent, name, inputs=inputs_digest(*inputs), min_free_bytes=free
        ) as journal:
            if resume is None and connection.service is not ServiceKind.EMBEDDED:
                _refuse_leftovers(journal, parent)
            if not resume:
                journal.forget()
            try:
                yield journal
            finally:
                if not _calls_worth_keeping(journal):
                    journal.finish()
    finally:
        with suppress(OSError):  # it holds a journal, this one or that of another run
            parent.rmdir()


def _refuse_leftovers(journal: SqliteJournal, parent: Path) -> None:
    calls = journal.count()
    answered, unknown = calls[State.DONE], calls[State.SENT]
    if answered or unknown:
        raise NotSent(
            f"The last run into {printable(str(parent.parent))} did not finish everything "
            f"({answered:,} calls were answered, {unknown:,} may have been billed without an "
            "answer): go on with it by --resume, or leave it behind by --anew."
        )


def _calls_worth_keeping(journal: SqliteJournal) -> bool:
    calls = journal.count()
    return bool(calls[State.DONE] or calls[State.SENT])
