"""Answers in a file: what is kept comes back, whatever a crash left of the last ones."""

from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.journal.answers import AnswerFile

from .runs import largest_file

KEPT = {"a": b"first", "b": b"b 5 00000000\nsecond\n", "c": b"", "d": bytes(range(256))}


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "answers.log"
    with closing(AnswerFile(path)) as answers:
        for kept in KEPT.items():
            answers.keep(kept)
    return path


def read_all(path):
    with closing(AnswerFile(path)) as answers:
        found = {name: answers.read(name) for name in KEPT}
    return {name: content for name, content in found.items() if content is not None}


def test_what_was_kept_comes_back(path):
    assert read_all(path) == KEPT


def test_what_was_never_kept_is_not_there(path):
    with closing(AnswerFile(path)) as answers:
        assert answers.read("x") is None


def test_the_last_content_of_a_name_counts(path):
    with closing(AnswerFile(path)) as answers:
        answers.keep(("a", b"again"))
        assert answers.read("a") == b"again"
    assert read_all(path) == {**KEPT, "a": b"again"}


def test_a_file_cut_off_at_any_byte_keeps_what_is_whole_and_goes_on(path):
    content = path.read_bytes()
    whole = len(content)
    for end in range(whole + 1):
        path.write_bytes(content[:end])
        found = read_all(path)
        assert list(found.items()) == list(KEPT.items())[: len(found)]
        assert (len(found) == len(KEPT)) == (end == whole)
        with closing(AnswerFile(path)) as answers:
            answers.keep(("new", b"after the crash"))
        with closing(AnswerFile(path)) as answers:
            assert answers.read("new") == b"after the crash"
        assert read_all(path) == found


@given(place=st.integers(0, 400), value=st.integers(0, 255))
def test_a_damaged_byte_never_makes_another_answer(tmp_path_factory, place, value):
    path = tmp_path_factory.mktemp("answers") / "answers.log"
    with closing(AnswerFile(path)) as answers:
        for kept in KEPT.items():
            answers.keep(kept)
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)
    assert read_all(path).items() <= KEPT.items()


def test_a_content_that_does_not_fit_leaves_the_others_and_room_for_a_smaller_one(path):
    with closing(AnswerFile(path)) as answers:
        size = answers.size
        with largest_file(size + 1000), pytest.raises(OSError, match="large"):
            answers.keep(("large", b"\0" * 2000))
        assert (answers.size, path.stat().st_size) == (size, size)
        answers.keep(("small", b"\0"))
        assert (answers.read("large"), answers.read("small")) == (None, b"\0")
    assert read_all(path) == KEPT


def test_what_is_cleared_is_gone_from_the_disk(path):
    with closing(AnswerFile(path)) as answers:
        answers.clear()
        assert (answers.size, answers.read("a")) == (0, None)
    assert path.stat().st_size == 0
