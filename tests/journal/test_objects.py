"""What many machines do to one folder."""

import threading
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import fs

from openai_images.errors import NotSent
from openai_images.journal import State
from openai_images.journal.objects import ObjectJournal

from .runs import ANSWER


@pytest.fixture
def disk(tmp_path):
    return lambda **names: ObjectJournal(fs.LocalFileSystem(), str(tmp_path / "journal"), **names)


def make(journal, question="q"):
    """A call from its claim to its answer."""
    call = journal.claim(question)
    journal.sent(call)
    journal.done(call, ANSWER)


def test_a_part_that_is_repeated_finds_its_own_calls(disk):
    first = disk(run="r", part=3, attempt="0")
    make(first)
    first.sent(first.claim("q"))
    again = disk(run="r", part=3, attempt="1")
    states = [again.claim("q").state for _ in range(3)]
    assert states == [State.DONE, State.SENT, State.TODO]


def test_equal_rows_in_two_parts_of_a_run_are_two_calls(disk):
    one, other = disk(run="r", part=0), disk(run="r", part=1)
    first, second = one.claim("q"), other.claim("q")
    one.sent(first)
    other.sent(second)
    one.done(first, ANSWER)
    assert other.claim("q").state is State.TODO


def test_a_later_run_divided_otherwise_takes_over_every_call_once(disk):
    for part in range(3):
        make(disk(run="first", part=part))
    states = [disk(run="second", part=0).claim("q").state]
    second = disk(run="second", part=1)
    states += [second.claim("q").state for _ in range(3)]
    assert states == [State.DONE] * 3 + [State.TODO]


def test_a_part_that_is_repeated_keeps_what_it_had_taken_over(disk):
    left = disk(run="first", part=7)
    make(left)
    left.sent(left.claim("q"))
    taken = [disk(run="second", part=0, attempt="0").claim("q").state]
    again = disk(run="second", part=0, attempt="1")
    assert [again.claim("q").state, again.claim("q").state] == [*taken, State.SENT]


def test_the_same_rows_in_the_same_parts_get_their_own_answers(disk):
    for part in range(3):
        journal = disk(run="first", part=part)
        call = journal.claim("q")
        journal.sent(call)
        journal.done(call, type(ANSWER)(200, {}, b"%d" % part))
    for part in (2, 0, 1):
        journal = disk(run="second", part=part)
        assert journal.answer(journal.claim("q")).body == b"%d" % part


def test_a_second_attempt_does_not_send_what_the_first_has_sent_meanwhile(disk):
    first, second = disk(run="r", attempt="0"), disk(run="r", attempt="1")
    one, other = first.claim("q"), second.claim("q")
    first.sent(one)
    with pytest.raises(NotSent, match="is being made elsewhere at this moment"):
        second.sent(other)
    first.done(one, ANSWER)
    assert disk(run="r").claim("q").state is State.DONE


def test_another_run_does_not_send_what_a_dying_one_has_answered_meanwhile(disk):
    dying, new = disk(run="old"), disk(run="new")
    late = new.claim("q")
    make(dying)
    with pytest.raises(NotSent):
        new.sent(late)
    assert disk(run="third").claim("q").state is State.DONE


@given(st.data())
def test_however_two_attempts_interleave_at_most_one_sends(data):
    """The steps of two attempts in any order, on a store that lists what it has stored."""
    store = fs._MockFileSystem()
    turns = _Turns(data.draw(st.lists(st.booleans(), min_size=12, max_size=12)))
    sent = []

    def attempt(which):
        try:
            own = _Stepwise(store, turns, which)
            journal = ObjectJournal(fs.PyFileSystem(own), "j", run="r", attempt=str(int(which)))
            call = journal.claim("q")
            if call.state is State.TODO:
                journal.sent(call)
                sent.append(which)
        except NotSent:
            pass
        finally:
            turns.leave(which)

    threads = [threading.Thread(target=attempt, args=(which,)) for which in (False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) <= 1


def test_a_withdrawn_call_is_as_if_it_had_not_been(disk):
    first, second = disk(run="r", attempt="0"), disk(run="r", attempt="1")
    one, other = first.claim("q"), second.claim("q")
    first.sent(one)
    first.failed(one)
    second.sent(other)
    second.failed(other)
    assert disk(run="r").claim("q").state is State.TODO


def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    journal = ObjectJournal(fs.LocalFileSystem(), str(tmp_path / "file" / "journal"))
    with pytest.raises(NotSent, match="cannot be read or written"):
        journal.sent(journal.claim("q"))


def test_a_folder_that_another_makes_while_it_is_looked_for_is_an_empty_one():
    store = _NotYet(fs._MockFileSystem(), _Turns([]), True)
    journal = ObjectJournal(fs.PyFileSystem(store), "j", run="r")
    assert journal.claim("q").state is State.TODO


def test_an_answer_that_cannot_be_kept_lets_no_further_call_leave(tmp_path):
    journal = ObjectJournal(fs.LocalFileSystem(), str(tmp_path))
    call = journal.claim("q")
    journal.sent(call)
    (tmp_path / call.answer).mkdir()
    journal.done(call, ANSWER)
    with pytest.raises(NotSent, match="cannot be read or written"):
        journal.sent(journal.claim("another"))


class _Turns:
    """Lets one of two threads take a step at a time, in a given order; then whoever is left."""

    def __init__(self, order):
        self._order = order
        self._left = set()
        self._changed = threading.Condition()

    @contextmanager
    def step(self, which):
        with self._changed:
            self._changed.wait_for(lambda: self._is_turn_of(which), 30)
            if self._order:
                self._order.pop(0)
            yield
            self._changed.notify_all()

    def leave(self, which):
        with self._changed:
            self._left.add(which)
            self._changed.notify_all()

    def _is_turn_of(self, which):
        while self._order and self._order[0] in self._left:
            self._order.pop(0)
        return not self._order or self._order[0] is which


class _Stepwise(fs.FileSystemHandler):
    """A file system where whatever others can see waits for its turn."""

    def __init__(self, store, turns, which):
        self._store = store
        self._step = lambda: turns.step(which)

    def get_type_name(self):
        return "stepwise"

    def get_file_info_selector(self, selector):
        with self._step():
            return self._store.get_file_info(selector)

    def move(self, source, target):
        with self._step():
            self._store.move(source, target)

    def delete_file(self, path):
        with self._step():
            self._store.delete_file(path)

    def create_dir(self, path, recursive):
        self._store.create_dir(path, recursive=recursive)

    def open_output_stream(self, path, metadata):
        return self._store.open_output_stream(path)

    def normalize_path(self, path):
        return path

    def _unused(self, *_):
        raise NotImplementedError

    copy_file = delete_dir = delete_dir_contents = delete_root_dir_contents = _unused
    get_file_info = open_append_stream = open_input_file = open_input_stream = _unused


class _NotYet(_Stepwise):
    """Says of a folder what a local disk says where it is made between two looks at it."""

    def get_file_info_selector(self, selector):
        assert selector.allow_not_found
        raise FileNotFoundError(2, f"Cannot list directory '{selector.base_dir}'")
