import dataclasses
import sqlite3
import threading

import pytest

from openai_images.errors import NotSent
from openai_images.journal import SqliteJournal, State, sqlite
from openai_images.journal.answers import AnswerFile

from .runs import ANSWER, in_sqlite, largest_file, left_by_a_killed_run


def open_journal(folder, **options):
    return SqliteJournal(folder, "run", **options)


def change(folder, statement):
    """Change the index of a run that has ended."""
    with sqlite3.connect(folder / "run" / "journal.sqlite") as database:
        database.execute(statement)
    database.close()


def test_a_damaged_answer_is_unknown_until_the_call_is_answered_again(tmp_path):
    left_by_a_killed_run(in_sqlite(tmp_path), [("q", State.DONE)])
    file = tmp_path / "run" / "answers.log"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with open_journal(tmp_path) as journal:
        call = journal.claim("q")
        assert call.state is State.SENT
        journal.done(call, ANSWER)
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.DONE


def test_a_done_call_without_its_answer_is_unknown(tmp_path):
    left_by_a_killed_run(in_sqlite(tmp_path), [("q", State.DONE)])
    (tmp_path / "run" / "answers.log").unlink()
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.SENT


def test_a_finished_run_leaves_nothing(tmp_path):
    with open_journal(tmp_path / "journals") as journal:
        call = journal.claim("q")
        journal.sent(call)
        journal.done(call, ANSWER)
        journal.finish()
        journal.finish()
    assert list(tmp_path.iterdir()) == []


def test_a_finished_run_is_gone_before_the_disk_has_freed_its_answers(tmp_path, monkeypatch):
    goes_on, is_free = threading.Event(), threading.Event()

    def close(answers):
        assert goes_on.wait(30)
        answers._file.close()
        is_free.set()

    monkeypatch.setattr(AnswerFile, "close", close)
    with open_journal(tmp_path / "journals") as journal:
        journal.done(journal.claim("q"), ANSWER)
        journal.finish()
    assert list(tmp_path.iterdir()) == []
    goes_on.set()
    assert is_free.wait(30)


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
    left_by_a_killed_run(in_sqlite(tmp_path), [("q", State.DONE)])
    days = sqlite.LEFT_DAYS + 1
    later = sqlite.time.time() + days * sqlite.DAY_SECONDS
    monkeypatch.setattr(sqlite.time, "time", lambda: later)
    with SqliteJournal(tmp_path, "another"):
        assert [folder.name for folder in tmp_path.iterdir()] == ["another"]


def test_two_runs_at_once_have_a_folder_each(tmp_path):
    with open_journal(tmp_path) as first, open_journal(tmp_path) as second:
        assert (first.folder.name, second.folder.name) == ("run", "run-2")
        first.sent(first.claim("q"))
        assert second.claim("q").state is State.TODO
    with open_journal(tmp_path) as again:
        assert again.folder.name == "run"


@pytest.mark.parametrize("order", ["first", "second"])
def test_of_two_runs_that_were_killed_each_goes_on_with_its_own(tmp_path, order):
    with open_journal(tmp_path, inputs="a") as first, open_journal(tmp_path, inputs="b") as second:
        for journal, asked in ((first, "of a"), (second, "of b")):
            journal.sent(journal.claim(asked))
    inputs = ["a", "b"] if order == "first" else ["b", "a"]
    for own in inputs:
        with open_journal(tmp_path, inputs=own) as journal:
            assert journal.claim(f"of {own}").state is State.SENT
            journal.finish()


def test_what_a_run_with_other_inputs_left_is_gone_on_with_where_there_is_no_better(tmp_path):
    with open_journal(tmp_path, inputs="a") as first, open_journal(tmp_path, inputs="a") as second:
        second.sent(second.claim("q"))
        first.finish()
    with open_journal(tmp_path, inputs="changed") as journal:
        assert journal.claim("q").state is State.SENT


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


def test_an_answer_that_cannot_be_kept_lets_no_further_call_leave(tmp_path):
    large = dataclasses.replace(ANSWER, body=b"\0" * 2**20)
    with open_journal(tmp_path) as journal:
        call = journal.claim("q")
        journal.sent(call)
        with largest_file(2**19):
            journal.done(call, large)
        with pytest.raises(NotSent, match="File too large"):
            journal.sent(journal.claim("another"))
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.SENT


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent, match="cannot be written"):
        SqliteJournal(tmp_path / "file" / "journal", "run")


def test_a_journal_of_another_version_is_not_read(tmp_path):
    left_by_a_killed_run(in_sqlite(tmp_path), [("q", State.DONE)])
    change(tmp_path, "PRAGMA user_version = 99")
    with open_journal(tmp_path) as journal:
        assert journal.claim("q").state is State.TODO
