import shutil
import sqlite3
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images import journal as journal_module
from openai_images.connection import Connection, Route, ServiceKind
from openai_images.errors import NotSent
from openai_images.journal import SqliteJournal, State, fingerprint, question
from openai_images.options import EditOptions, EngineOptions, RetryPolicy
from openai_images.request import VariationRequest
from openai_images.response import ApiResponse

ANSWER = ApiResponse(200, {"x-request-id": "req_1", "date": "today"}, b'{"data":\n[]}')


def open_journal(folder, **options):
    return SqliteJournal(folder, "run", **options)


def left_by_a_killed_run(folder, steps):
    """What a run leaves that is killed after some steps of its calls, by question."""
    journal = open_journal(folder)
    for asked, last in steps:
        call = journal.claim(asked)
        if last is not State.TODO:
            journal.sent(call)
        if last is State.DONE:
            journal.done(call, ANSWER)
        if last is State.FAILED:
            journal.failed(call)
    journal.close()


@pytest.mark.parametrize("state", list(State))
def test_the_next_run_finds_how_far_a_call_came(tmp_path, state):
    left_by_a_killed_run(tmp_path, [("q", state)])
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is state


def test_an_answer_comes_back_as_it_was_with_the_headers_that_somebody_reads(tmp_path):
    left_by_a_killed_run(tmp_path, [("q", State.DONE)])
    with open_journal(tmp_path) as journal:
        answer = journal.answer(journal.claim("q"))
    assert answer == replace(ANSWER, headers={"x-request-id": "req_1"})


def test_equal_questions_are_calls_of_their_own(tmp_path):
    left_by_a_killed_run(tmp_path, [("q", State.DONE), ("q", State.SENT)])
    with open_journal(tmp_path) as journal:
        states = [journal.claim("q").state for _ in range(3)]
    assert states == [State.DONE, State.SENT, State.TODO]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(list(State))), max_size=12))
def test_every_history_of_calls_is_what_the_next_run_reads(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("journal")
    left_by_a_killed_run(folder, steps)
    with open_journal(folder) as journal:
        assert [journal.claim(asked).state for asked, _ in steps] == [s for _, s in steps]


def test_an_answer_on_the_disk_counts_even_where_the_index_lost_it(tmp_path):
    left_by_a_killed_run(tmp_path, [("q", State.DONE)])
    with sqlite3.connect(tmp_path / "run" / "journal.sqlite") as database:
        database.execute("UPDATE calls SET state = 'sent'")
    database.close()
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.DONE


def test_a_done_call_without_its_answer_is_unknown(tmp_path):
    left_by_a_killed_run(tmp_path, [("q", State.DONE)])
    shutil.rmtree(tmp_path / "run" / "answers")
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.SENT


def test_what_an_address_led_to_is_kept(tmp_path):
    with open_journal(tmp_path) as journal:
        assert journal.fetched("https://example.org/1.png") is None
        journal.keep_fetched("https://example.org/1.png", b"png")
    with open_journal(tmp_path) as journal:
        assert journal.fetched("https://example.org/1.png") == b"png"


def test_a_finished_run_leaves_nothing(tmp_path):
    with open_journal(tmp_path / "journals") as journal:
        call = journal.claim("q")
        journal.sent(call)
        journal.done(call, ANSWER)
        journal.finish()
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_that_is_kept_leaves_its_answers_only(tmp_path):
    with open_journal(tmp_path, keep_days=2) as journal:
        for asked, step in (("done", journal.done), ("unknown", None), ("failed", journal.failed)):
            call = journal.claim(asked)
            journal.sent(call)
            if step is not None:
                step(call, ANSWER) if asked == "done" else step(call)
        journal.finish()
    with open_journal(tmp_path, keep_days=2) as journal:
        states = [journal.claim(asked).state for asked in ("done", "unknown", "failed")]
    assert states == [State.DONE, State.TODO, State.TODO]


def test_what_is_older_than_it_is_kept_is_removed(tmp_path, monkeypatch):
    left_by_a_killed_run(tmp_path, [("q", State.DONE)])
    days = journal_module.LEFT_DAYS + 1
    later = journal_module.time.time() + days * journal_module.DAY_SECONDS
    monkeypatch.setattr(journal_module.time, "time", lambda: later)
    with SqliteJournal(tmp_path, "another"):
        assert [folder.name for folder in tmp_path.iterdir()] == ["another"]


def test_two_runs_at_once_have_a_folder_each(tmp_path):
    with open_journal(tmp_path) as first, open_journal(tmp_path) as second:
        assert (first.folder.name, second.folder.name) == ("run", "run-2")
        first.sent(first.claim("q"))
        assert second.claim("q").state is State.TODO
    with open_journal(tmp_path) as again:
        assert again.folder.name == "run"


def test_many_threads_claim_calls_of_their_own_and_keep_all(tmp_path):
    with open_journal(tmp_path) as journal:

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
    with open_journal(tmp_path) as journal:
        states = [journal.claim("q").state for _ in range(161)]
    assert states == [State.DONE] * 160 + [State.TODO]


def test_a_full_disk_stops_the_next_call_with_a_sentence(tmp_path):
    with (
        open_journal(tmp_path, min_free_bytes=2**62) as journal,
        pytest.raises(NotSent, match=r"Not sent: the disk of .* has only"),
    ):
        journal.sent(journal.claim("q"))


def test_answers_beyond_the_limit_stop_the_next_call_also_in_the_next_run(tmp_path):
    with open_journal(tmp_path, max_bytes=10) as journal:
        call = journal.claim("q")
        journal.sent(call)
        journal.done(call, ANSWER)
        with pytest.raises(NotSent, match="have reached their limit"):
            journal.sent(journal.claim("another"))
    with open_journal(tmp_path, max_bytes=10) as journal, pytest.raises(NotSent):
        journal.sent(journal.claim("another"))


def test_an_answer_that_cannot_be_kept_lets_no_further_call_leave(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device")

    with open_journal(tmp_path) as journal:
        call = journal.claim("q")
        journal.sent(call)
        monkeypatch.setattr(journal_module, "write_atomically", full)
        journal.done(call, ANSWER)
        with pytest.raises(NotSent, match="No space left on device"):
            journal.sent(journal.claim("another"))
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.SENT


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent, match="cannot be written"):
        SqliteJournal(tmp_path / "file" / "journal", "run")


def test_a_journal_of_another_version_is_not_read(tmp_path):
    left_by_a_killed_run(tmp_path, [("q", State.DONE)])
    with sqlite3.connect(tmp_path / "run" / "journal.sqlite") as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.TODO


REMOTE = Connection(ServiceKind.COMPATIBLE, base_url="http://localhost:9997/v1", credential="a")
EDITS = replace(REMOTE, route=Route.EDITS)
REQUEST = VariationRequest(b"png", n=1)


@pytest.mark.parametrize(
    ("request_", "connection"),
    [
        (replace(REQUEST, image=b"other"), REMOTE),
        (replace(REQUEST, n=2), REMOTE),
        (replace(REQUEST, extra_fields=(("seed", "1"),)), REMOTE),
        (REQUEST, replace(REMOTE, base_url="http://localhost:9998/v1")),
        (REQUEST, replace(REMOTE, default_model="m")),
        (REQUEST, EDITS),
        (REQUEST, replace(EDITS, edits=EditOptions("make it blue"))),
        (REQUEST, Connection()),
        (REQUEST, Connection(engine=EngineOptions(strength=0.9))),
    ],
)
def test_whatever_makes_another_answer_makes_another_question(request_, connection):
    assert question(request_, connection) != question(REQUEST, REMOTE)


@pytest.mark.parametrize(
    ("request_", "connection"),
    [
        (replace(REQUEST, image_name="renamed.png"), REMOTE),
        (REQUEST, replace(REMOTE, credential="b")),
        (REQUEST, replace(REMOTE, retry=RetryPolicy(may_bill_twice=True))),
    ],
)
def test_how_it_is_asked_changes_no_question(request_, connection):
    assert question(request_, connection) == question(REQUEST, REMOTE)


def test_a_model_is_the_same_by_request_and_by_default():
    by_default = question(REQUEST, replace(REMOTE, default_model="m"))
    assert question(replace(REQUEST, model="m"), REMOTE) == by_default


def test_the_fingerprint_is_that_of_settings_and_connection():
    assert fingerprint(REMOTE, 1) == fingerprint(replace(REMOTE, credential="b"), 1)
    assert len({fingerprint(REMOTE, 1), fingerprint(REMOTE, 2), fingerprint(EDITS, 1)}) == 3
