"""Threads that are kept for the next call."""

import threading

from openai_images.transport import threads
from openai_images.transport.threads import KeptThreads


def identities(kept, count):
    return {kept.run(threading.get_ident).get(timeout=30) for _ in range(count)}


def test_one_thread_does_what_comes_one_after_the_other():
    assert len(identities(KeptThreads("call"), 20)) == 1


def test_work_that_hangs_holds_up_no_other():
    kept, goes_on = KeptThreads("call"), threading.Event()
    hangs = kept.run(lambda: goes_on.wait(30))
    assert len(identities(kept, 3)) == 1
    goes_on.set()
    assert hangs.get(timeout=30)


def test_a_thread_ends_that_finds_no_work(monkeypatch):
    monkeypatch.setattr(threads, "_KEPT_SECONDS", 0.01)
    kept = KeptThreads("call")
    thread = kept.run(threading.current_thread).get(timeout=30)
    thread.join(30)
    assert not thread.is_alive()
    assert kept.run(lambda: "again").get(timeout=30) == "again"


def test_only_a_thread_that_works_has_the_name():
    kept = KeptThreads("call")
    thread, name = kept.run(
        lambda: (threading.current_thread(), threading.current_thread().name)
    ).get(timeout=30)
    assert name == "call"
    assert thread.name != "call"
