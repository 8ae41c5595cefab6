"""Any service, with a journal of its calls and a limit of their number."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from ..connection import Connection, ServiceKind
from ..errors import ImagesError, NotSent, ServiceError, UnknownOutcome
from ..journal import Entry, Journal, State, question
from ..request import VariationRequest
from ..response import ApiResponse
from ..transport import error_answer
from ..watch import UNWATCHED, Watch, WatchThrough
from .service import ImageService, ServiceThrough

__all__ = ["Counts", "RecordedService"]

_UNKNOWN = (
    "The call was sent when the last run ended, and may have been billed; its answer is not "
    "known. To make such calls again, allow calls to be repeated that may have been billed."
)


@dataclass
class Counts:
    """How many calls were made, taken over from an earlier run, or are unknown since then."""

    made: int = 0
    taken_over: int = 0
    unknown: int = 0


class RecordedService(ServiceThrough):
    """Asks `service` only what no earlier run was answered, and writes down each step.

    A call that an earlier run sent without keeping an answer may have been billed: it is made
    again only where the connection's policy allows to bill twice, or where nothing costs.

    Args:
        most_requests: calls that may be made, those taken over not counted; None for no limit.
    """

    def __init__(
        self,
        service: ImageService,
        connection: Connection,
        journal: Journal,
        most_requests: int | None = None,
    ) -> None:
        super().__init__(service)
        self._connection = connection
        self._journal = journal
        self._most_requests = most_requests
        self._lock = threading.Lock()
        self.counts = Counts()

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        """As any service does.

        Raises:
            UnknownOutcome: an earlier run sent the call and may have been billed for it.
            NotSent: the limit of calls is reached, or the journal cannot be written.
        """
        call = self._journal.claim(question(request, self._connection))
        if call.state is State.DONE:
            with self._lock:
                self.counts.taken_over += 1
            return self._journal.answer(call)
        if call.state is State.SENT and not self._may_repeat_unknown:
            with self._lock:
                self.counts.unknown += 1
            raise UnknownOutcome(_UNKNOWN, may_be_billed=True)
        self._book()
        return self._ask(request, _Sending(watch, call, self._journal))

    def fetch(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        content = self._journal.fetched(url)
        if content is None:
            content = self._service.fetch(url, watch)
            self._journal.keep_fetched(url, content)
        return content

    @property
    def _may_repeat_unknown(self) -> bool:
        is_free = self._connection.service is ServiceKind.EMBEDDED
        return is_free or self._connection.retry.may_bill_twice

    def _book(self) -> None:
        with self._lock:
            if self.counts.made == self._most_requests:
                raise NotSent(
                    f"Not sent: the limit of {self._most_requests:,} requests (Most Requests) "
                    "was reached."
                )
            self.counts.made += 1

    def _give_back(self) -> None:
        with self._lock:
            self.counts.made -= 1

    def _ask(self, request: VariationRequest, watch: _Sending) -> ApiResponse:
        try:
            answer = self._service.create_variation(request, watch)
        except ImagesError as error:
            if not watch.has_sent:
                self._give_back()
            elif isinstance(error, ServiceError) and not error.may_be_billed:
                watch.not_billed()
            raise
        if 200 <= answer.status < 300:
            self._journal.done(watch.call, answer)
        elif not error_answer(answer, self._connection).may_be_billed:
            watch.not_billed()
        return answer


class _Sending(WatchThrough):
    """The watch of one call; it writes down that the call leaves, and that it cost nothing."""

    def __init__(self, watch: Watch, call: Entry, journal: Journal) -> None:
        super().__init__(watch)
        self.call = call
        self.has_sent = False
        self._journal = journal
        self._is_open = self._is_doubtful = False

    def sending(self) -> None:
        super().sending()
        if self._is_open:
            # Nobody knows what became of the try before.
            self._is_doubtful = True
            return
        self._journal.sent(self.call)
        self.has_sent = self._is_open = True

    def not_billed(self) -> None:
        if self._is_open and not self._is_doubtful:
            self._journal.failed(self.call)
            self._is_open = False
