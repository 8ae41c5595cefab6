from contextlib import ExitStack
from dataclasses import replace

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import (
    Canceled,
    InvalidPicture,
    NoAnswer,
    NotSent,
    UnknownOutcome,
)
from openai_images.journal import SqliteJournal, State, question
from openai_images.options import RetryPolicy
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse
from openai_images.services.recorded import Counts, RecordedService
from openai_images.services.service import ImageService
from openai_images.watch import UNWATCHED

PAID = Connection(ServiceKind.COMPATIBLE, base_url="http://localhost:9997/v1")
REQUEST = VariationRequest(b"png")
ANSWER = ApiResponse(200, {}, b"{}")


class Scripted(ImageService):
    """Answers, or raises, what it is told to; counts."""

    def __init__(self, reply=ANSWER, sends=True):
        self.reply, self.sends = reply, sends
        self.asked = self.fetched = 0

    def check(self, request):
        pass

    def create_variation(self, request, watch=UNWATCHED):
        self.asked += 1
        if self.sends:
            watch.sending()
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply

    def fetch(self, url, watch=UNWATCHED):
        self.fetched += 1
        return b"png"

    def close(self):
        pass


@pytest.fixture
def journal(tmp_path):
    with SqliteJournal(tmp_path, "run") as journal:
        yield journal


def next_state(tmp_path, journal, connection=PAID):
    """How far the next run finds the call."""
    journal.close()
    with SqliteJournal(tmp_path, "run") as again:
        return again.claim(question(REQUEST, connection)).state


@pytest.mark.parametrize(
    ("reply", "sends", "state"),
    [
        (ANSWER, True, State.DONE),
        (ApiResponse(400, {}, b""), True, State.FAILED),
        (ApiResponse(429, {}, b""), True, State.FAILED),
        (ApiResponse(502, {}, b""), True, State.SENT),
        (NoAnswer("refused"), True, State.FAILED),
        (NoAnswer("timed out", may_be_billed=True), True, State.SENT),
        (InvalidPicture("broken"), False, State.TODO),
        (Canceled("Canceled."), False, State.TODO),
        (Canceled("Canceled."), True, State.SENT),
    ],
)
def test_what_becomes_of_a_call_is_written_down(tmp_path, journal, reply, sends, state):
    service = RecordedService(Scripted(reply, sends), PAID, journal)
    if isinstance(reply, Exception):
        with pytest.raises(type(reply)):
            service.create_variation(REQUEST)
    else:
        assert service.create_variation(REQUEST) == reply
    assert next_state(tmp_path, journal) is state


def test_a_call_is_written_down_as_sent_before_it_leaves(tmp_path, journal):
    class Looking(Scripted):
        def create_variation(self, request, watch=UNWATCHED):
            watch.sending()
            assert next_state(tmp_path, journal) is State.SENT
            raise NoAnswer("refused", may_be_billed=True)

    with pytest.raises(NoAnswer):
        RecordedService(Looking(), PAID, journal).create_variation(REQUEST)


def test_while_a_call_waits_for_its_next_try_it_is_known_that_the_last_one_cost_nothing(
    tmp_path, journal
):
    class Throttled(Scripted):
        def create_variation(self, request, watch=UNWATCHED):
            watch.sending()
            watch.not_billed()
            assert list(journal.count()) == [State.FAILED]
            watch.sending()
            assert list(journal.count()) == [State.SENT]
            return ANSWER

    assert RecordedService(Throttled(), PAID, journal).create_variation(REQUEST) == ANSWER
    assert list(journal.count()) == [State.DONE]


def test_a_call_is_unknown_where_any_of_its_tries_is(tmp_path, journal):
    class Lost(Scripted):
        def create_variation(self, request, watch=UNWATCHED):
            watch.sending()
            watch.sending()
            watch.not_billed()
            return ApiResponse(429, {}, b"")

    RecordedService(Lost(), PAID, journal).create_variation(REQUEST)
    assert list(journal.count()) == [State.SENT]


@pytest.fixture
def again(tmp_path, journal):
    """Makes the service of the next run."""
    with ExitStack() as stack:

        def make(inner, connection=PAID, **options):
            journal.close()
            opened = stack.enter_context(SqliteJournal(tmp_path, "run"))
            return RecordedService(inner, connection, opened, **options)

        yield make


def test_an_answered_call_is_taken_over_without_a_call(journal, again):
    RecordedService(Scripted(), PAID, journal).create_variation(REQUEST)
    inner = Scripted()
    service = again(inner, most_requests=0)
    assert service.create_variation(REQUEST) == ANSWER
    assert (inner.asked, service.counts) == (0, Counts(taken_over=1))


def lost(journal, connection=PAID):
    reply = NoAnswer("lost", may_be_billed=True)
    with pytest.raises(NoAnswer):
        RecordedService(Scripted(reply), connection, journal).create_variation(REQUEST)


def test_an_unknown_call_is_not_made_again(journal, again):
    lost(journal)
    inner = Scripted()
    service = again(inner)
    with pytest.raises(UnknownOutcome, match="sent when the last run ended") as caught:
        service.create_variation(REQUEST)
    assert caught.value.may_be_billed
    assert (inner.asked, service.counts) == (0, Counts(unknown=1))


@pytest.mark.parametrize(
    "connection", [replace(PAID, retry=RetryPolicy(may_bill_twice=True)), Connection()]
)
def test_an_unknown_call_is_made_again_where_that_is_allowed_or_free(journal, again, connection):
    lost(journal, connection)
    service = again(Scripted(), connection)
    assert service.create_variation(REQUEST) == ANSWER
    assert service.counts == Counts(made=1)


def test_no_more_calls_are_made_than_the_limit_says(journal):
    inner = Scripted()
    service = RecordedService(inner, PAID, journal, most_requests=2)
    service.create_variation(REQUEST)
    service.create_variation(REQUEST)
    with pytest.raises(NotSent, match=r"the limit of 2 requests \(Most Requests\)"):
        service.create_variation(REQUEST)
    assert inner.asked == 2


def test_what_was_never_sent_does_not_count(journal):
    inner = Scripted(InvalidPicture("broken"), sends=False)
    service = RecordedService(inner, PAID, journal, most_requests=1)
    for _ in range(3):
        with pytest.raises(InvalidPicture):
            service.create_variation(REQUEST)
    assert service.counts == Counts()


def test_a_fetched_picture_is_fetched_once_for_all_runs(journal, again):
    inner = Scripted()
    assert RecordedService(inner, PAID, journal).fetch("https://example.org/1.png") == b"png"
    assert again(inner).fetch("https://example.org/1.png") == b"png"
    assert inner.fetched == 1
