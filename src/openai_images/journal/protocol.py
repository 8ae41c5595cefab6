"""What every journal of calls does, and the states of a call."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ..response import ApiResponse

__all__ = ["Entry", "Journal", "State", "kept_answer", "read_answer"]

# Of an answer's headers, those that somebody reads later.
_HEADERS = frozenset({"content-type", "x-request-id", "apim-request-id"})


class State(str, Enum):
    """How far a call has come."""

    TODO = "todo"
    """Not asked yet; also what no journal knows."""
    SENT = "sent"
    """The service may have it, and may have done and charged it; its answer is not known."""
    DONE = "done"
    """Answered; the answer is kept."""
    FAILED = "failed"
    """It failed and was certainly not billed; it may be made again."""


@dataclass(frozen=True)
class Entry:
    """A call by its key, and how far an earlier run has come with it."""

    question: str
    occurrence: int
    state: State


class Journal(Protocol):
    """Keeps calls and answers; may be used by many threads."""

    def claim(self, question: str) -> Entry:
        """The next call of this run that asks `question`; no two claims get the same."""

    def sent(self, call: Entry) -> None:
        """Keep that `call` leaves now; returns when that is safe.

        Raises:
            NotSent: it cannot be kept, so the call must not be made.
        """

    def done(self, call: Entry, answer: ApiResponse) -> None:
        """Keep the answer; returns when it is safe. Where it cannot be kept, the next call is
        not sent: this one has been paid for, and goes on to its reader."""

    def failed(self, call: Entry) -> None:
        """Keep that the call failed and was not billed."""

    def answer(self, call: Entry) -> ApiResponse:
        """The answer of a call that is done."""

    def keep_fetched(self, url: str, content: bytes) -> None:
        """Keep what a result's address led to, which soon leads nowhere."""

    def fetched(self, url: str) -> bytes | None:
        """What was kept of that address."""


def kept_answer(answer: ApiResponse) -> bytes:
    """An answer as both stores keep it: a line of JSON, then the body as it came."""
    kept = {name: value for name, value in answer.headers.items() if name in _HEADERS}
    head = json.dumps({"status": answer.status, "headers": kept}).encode()
    return head + b"\n" + answer.body


def read_answer(content: bytes) -> ApiResponse:
    """The answer that `kept_answer` made `content` of."""
    head, _, body = content.partition(b"\n")
    values = json.loads(head)
    return ApiResponse(values["status"], values["headers"], body)
