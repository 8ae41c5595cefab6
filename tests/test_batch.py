import itertools
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.batch import Item, run
from openai_images.connection import Connection
from openai_images.errors import Canceled, InvalidPicture
from openai_images.job import Outcome
from openai_images.request import VariationRequest
from openai_images.services import ImageService
from openai_images.services.service import ServiceThrough
from openai_images.session import open_session
from openai_images.watch import UNWATCHED, raise_if_canceled

REQUEST = VariationRequest(b"")
OUTCOME = Outcome(REQUEST)


class Job:
    """Runs `work` in place of a call."""

    def __init__(self, work=lambda watch: OUTCOME):
        self.run = lambda session, watch, service: work(watch)


class Call:
    """Asks the service, after `prepare`."""

    def __init__(self, prepare=lambda: None):
        self._prepare = prepare

    def run(self, session, watch, service):
        self._prepare()
        service.create_variation(REQUEST, watch)
        return OUTCOME


class Service(ImageService):
    """Does `work` in place of each call, and counts."""

    def __init__(self, work):
        self._work = work
        self._lock = threading.Lock()
        self._now = self.most_at_once = 0

    def check(self, request):
        pass

    def create_variation(self, request, watch=UNWATCHED):
        with watch.turn():
            with self._lock:
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
            try:
                self._work(watch)
            finally:
                with self._lock:
                    self._now -= 1

    def close(self):
        pass


@pytest.fixture(scope="module")
def session():
    with open_session(Connection()) as session:
        yield session


def results(session, jobs, concurrency=4, service=None, **options):
    items = [Item(number, job) for number, job in enumerate(jobs)]
    return list(run(items, session, service, concurrency=concurrency, **options))


@given(st.lists(st.integers(0, 3), max_size=30), st.integers(1, 8))
def test_results_come_in_the_order_of_the_items_whichever_is_ready_first(session, delays, width):
    def job(milliseconds):
        return Job(lambda watch: time.sleep(milliseconds / 1000) or OUTCOME)

    found = results(session, [job(delay) for delay in delays], width)
    assert [result.item.tag for result in found] == list(range(len(delays)))


def test_as_many_calls_are_made_at_once_as_allowed_and_no_more(session):
    # Later ones could wait in vain: no more begin than fit in the window behind an unlucky one.
    together, calls = threading.Barrier(4, timeout=30), itertools.count()
    service = Service(lambda watch: next(calls) < 4 and together.wait())
    assert len(results(session, [Call()] * 16, concurrency=4, service=service)) == 16
    assert service.most_at_once == 4


def test_the_next_picture_is_read_while_the_service_is_at_work(session):
    is_read = threading.Event()

    def wait(watch):
        assert is_read.wait(30)

    jobs = [Call(), Call(is_read.set)]
    service = Service(wait)
    assert len(results(session, jobs, concurrency=1, service=service)) == 2
    assert service.most_at_once == 1


def test_the_next_call_leaves_while_the_last_answer_is_kept(session):
    has_left = threading.Event()

    class Keeping(ServiceThrough):
        def create_variation(self, request, watch=UNWATCHED):
            super().create_variation(request, watch)
            assert has_left.wait(30)

    calls = iter([lambda: None, has_left.set])
    service = Keeping(Service(lambda watch: next(calls)()))
    items = [Item(number, Call()) for number in range(2)]
    assert len(list(run(items, session, service, concurrency=1))) == 2


def test_a_slow_first_job_lets_the_others_go_on_but_not_without_bound(session):
    taken = []
    goes_on = threading.Event()

    def first(watch):
        assert goes_on.wait(30)
        return OUTCOME

    def last_of_the_window(watch):
        goes_on.set()
        return OUTCOME

    def items():
        for number in range(100):
            taken.append(number)
            work = {0: first, 3: last_of_the_window}.get(number, lambda watch: OUTCOME)
            yield Item(number, Job(work))

    stream = run(items(), session, concurrency=2)
    assert next(stream).item.tag == 0
    assert taken == [0, 1, 2, 3]
    stream.close()


def test_a_failure_is_a_result_and_the_others_go_on(session):
    def broken(watch):
        watch.warn("strange")
        raise InvalidPicture("broken")

    found = results(session, [Job(), Job(broken), InvalidPicture("no job"), Job()])
    assert [str(result.error) for result in found] == ["None", "broken", "no job", "None"]
    assert found[1].warnings == ("strange",)
    assert found[0].outcome is OUTCOME


def test_after_a_failure_what_is_under_way_is_finished_and_nothing_more_begins(session):
    both = threading.Barrier(2, timeout=30)
    done = []

    def broken(watch):
        both.wait()
        raise InvalidPicture("broken")

    def slow(watch):
        both.wait()
        done.append("slow")
        return OUTCOME

    def never(watch):
        done.append("never")
        return OUTCOME

    jobs = [Job(broken), Job(slow), *[Job(never)] * 50]
    found = results(session, jobs, concurrency=2, is_fatal=lambda error: True)
    assert [result.error is None for result in found[:2]] == [False, True]
    assert "slow" in done
    assert len(found) == len(done) + 1 < len(jobs)


def test_after_a_failure_who_waits_for_a_turn_is_not_sent(session):
    are_asked, goes_on = threading.Event(), threading.Event()
    sent = []

    def ask(watch):
        watch.sending()
        sent.append("call")
        if len(sent) == 2:
            are_asked.set()
        assert goes_on.wait(30)

    def broken(watch):
        assert are_asked.wait(30)
        raise InvalidPicture("broken")

    items = [Item(number, job) for number, job in enumerate([Job(broken), *[Call()] * 3])]
    found = run(items, session, Service(ask), concurrency=2, is_fatal=lambda error: True)
    assert next(found).item.tag == 0
    goes_on.set()
    assert len(list(found)) == len(sent) == 2


def test_an_error_of_our_own_is_not_hidden(session):
    def wrong(watch):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        results(session, [Job(wrong)])


def test_cancel_ends_all_calls_and_who_waits_for_a_turn(session, watch):
    under_way = threading.Barrier(65, timeout=30)
    ended = []

    def work(own_watch):
        under_way.wait()
        while True:
            try:
                raise_if_canceled(own_watch)
            except Canceled:
                ended.append(1)
                raise

    def cancel():
        under_way.wait()
        watch.cancel = True

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(Canceled):
        results(session, [Call()] * 200, concurrency=64, watch=watch, service=Service(work))
    thread.join()
    assert len(ended) == 64


def test_who_stops_reading_ends_the_jobs(session):
    ended = threading.Event()
    begun = threading.Event()

    def endless(watch):
        begun.set()
        while not watch.canceled():
            pass
        ended.set()
        raise Canceled("Canceled.")

    jobs = [Job(), Job(endless)]
    items = (Item(number, job) for number, job in enumerate(jobs))
    stream = run(items, session, concurrency=2, watch=UNWATCHED)
    next(stream)
    assert begun.wait(30)
    stream.close()
    assert ended.is_set()


def test_an_item_without_a_job_keeps_its_place(session):
    found = results(session, [Job(), None, Job()])
    assert [result.outcome for result in found] == [OUTCOME, None, OUTCOME]
    assert found[1].error is None


def test_no_items_no_results(session):
    assert results(session, []) == []
