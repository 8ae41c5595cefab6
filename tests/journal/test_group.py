"""One write for all who wait."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from openai_images.journal.group import GroupCommit


def test_whoever_waits_while_another_writes_is_written_together():
    writes, began, goes_on = [], threading.Event(), threading.Event()

    def write(records):
        writes.append(list(records))
        if len(writes) == 1:
            began.set()
            goes_on.wait(60)

    commit = GroupCommit(write)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(commit, 0)
        assert began.wait(60)
        others = [threads.submit(commit, number) for number in (1, 2, 3)]
        while len(commit._waiting) < 3:
            assert not any(other.done() for other in others)
        goes_on.set()
        for each in (first, *others):
            each.result(60)
    assert writes[0] == [0]
    assert [sorted(more) for more in writes[1:]] == [[1, 2, 3]]


def test_a_write_that_fails_is_told_to_who_waited_for_it_and_to_nobody_later():
    full = [OSError("the disk is full")]

    def write(records):
        if full:
            raise full.pop()

    commit = GroupCommit(write)
    with pytest.raises(OSError, match="the disk is full"):
        commit("lost")
    commit("kept")


def test_who_waited_for_a_writer_that_is_interrupted_writes_for_themselves():
    writes, began, goes_on = [], threading.Event(), threading.Event()

    def write(records):
        writes.append(list(records))
        if len(writes) == 1:
            began.set()
            assert goes_on.wait(60)
        if len(writes) == 2:
            raise KeyboardInterrupt

    commit = GroupCommit(write)

    def is_safe(record):
        try:
            commit(record)
        except KeyboardInterrupt:
            return False
        return True

    with ThreadPoolExecutor(3) as threads:
        calls = [threads.submit(is_safe, 0)]
        assert began.wait(60)
        calls += [threads.submit(is_safe, number) for number in (1, 2)]
        while len(commit._waiting) < 2:
            assert not any(call.done() for call in calls)
        goes_on.set()
        safe = [number for number, call in enumerate(calls) if call.result(60)]
    assert len(safe) == 2
    assert sorted(writes[1]) == [1, 2]
    assert writes[2] == safe[1:]
