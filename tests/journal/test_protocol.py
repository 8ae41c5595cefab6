"""What holds in every store."""

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.journal import State

from .runs import ANSWER, STORES, left_by_a_killed_run


@pytest.fixture(params=STORES)
def opened(request, tmp_path):
    return request.param(tmp_path)


@pytest.mark.parametrize("state", list(State))
def test_the_next_run_finds_how_far_a_call_came(opened, state):
    left_by_a_killed_run(opened, [("q", state)])
    with opened() as journal:
        assert _same(journal.claim("q").state, state)


def test_an_answer_comes_back_as_it_was_with_the_headers_that_somebody_reads(opened):
    left_by_a_killed_run(opened, [("q", State.DONE)])
    with opened() as journal:
        answer = journal.answer(journal.claim("q"))
    assert answer == replace(ANSWER, headers={"x-request-id": "req_1"})


def test_equal_questions_are_calls_of_their_own(opened):
    left_by_a_killed_run(opened, [("q", State.DONE), ("q", State.SENT)])
    with opened() as journal:
        states = [journal.claim("q").state for _ in range(3)]
    assert states == [State.DONE, State.SENT, State.TODO]


@pytest.mark.parametrize("store", STORES)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([*State])), max_size=12))
def test_every_history_of_calls_is_what_the_next_run_reads(tmp_path_factory, store, steps):
    opened = store(tmp_path_factory.mktemp("journal"))
    left_by_a_killed_run(opened, steps)
    with opened() as journal:
        found = [journal.claim(asked).state for asked, _ in steps]
    for question in "abc":
        left = [state for asked, state in steps if asked == question]
        read = [state for (asked, _), state in zip(steps, found, strict=True) if asked == question]
        assert sorted(map(_known, left)) == sorted(map(_known, read))


def test_a_call_that_failed_is_made_again(opened):
    left_by_a_killed_run(opened, [("q", State.FAILED)])
    left_by_a_killed_run(opened, [("q", State.DONE)])
    with opened() as journal:
        assert journal.claim("q").state is State.DONE


def test_the_answer_of_a_call_that_was_unknown_is_kept(opened):
    left_by_a_killed_run(opened, [("q", State.SENT)])
    left_by_a_killed_run(opened, [("q", State.DONE)])
    with opened() as journal:
        assert [journal.claim("q").state for _ in range(2)] == [State.DONE, State.TODO]


def test_what_an_address_led_to_is_kept(opened):
    with opened() as journal:
        assert journal.fetched("https://example.org/1.png") is None
        journal.keep_fetched("https://example.org/1.png", b"png")
    with opened() as journal:
        assert journal.fetched("https://example.org/1.png") == b"png"


def test_many_threads_claim_calls_of_their_own_and_keep_all(opened):
    with opened() as journal:

        def work():
            for _ in range(20):
                call = journal.claim("q")
                journal.sent(call)
                journal.done(call, ANSWER)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    with opened() as journal:
        states = [journal.claim("q").state for _ in range(161)]
    assert states == [State.DONE] * 160 + [State.TODO]


def _known(state):
    """What matters of a state: a call that failed may be made as if there had been none."""
    return State.TODO if state is State.FAILED else state


def _same(state, other):
    return _known(state) is _known(other)
