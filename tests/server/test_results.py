"""Results on disk: unguessable, mortal, bounded."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from openai_images.errors import InvalidSettings
from openai_images.server.refusal import Refusal
from openai_images.server.results import ResultStore


class Clock:
    """The time of day, moved by hand."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path, clock) -> ResultStore:
    return ResultStore(tmp_path / "results", lifetime=3600, max_bytes=100, clock=clock)


def test_a_result_is_found_by_its_token_until_its_hour_is_over(store, clock):
    (token,) = store.save([b"picture"])
    content, seconds = store.read(token)
    assert content == b"picture"
    assert 3500 < seconds <= 3600
    clock.ahead = 3590
    assert store.read(token)[1] <= 10
    clock.ahead = 3601
    assert store.read(token) is None


def test_what_is_over_leaves_the_disk_and_nothing_else_does(store, clock):
    (old,) = store.save([b"old"])
    stranger = store.folder / "somebody-elses.png"
    stranger.write_bytes(b"keep")
    clock.ahead = 3601
    store.sweep()
    assert list(store.folder.iterdir()) == [stranger]
    assert store.read(old) is None


def test_tokens_are_long_and_differ(store):
    tokens = store.save([b"x"] * 50)
    assert len(set(tokens)) == 50
    assert all(len(token) == 43 for token in tokens)


@pytest.mark.parametrize("token", ["", "..", "../" * 14 + "x", "A" * 43, "A" * 42 + "/", "a" * 500])
def test_no_other_name_is_looked_for(store, token):
    store.save([b"x"])
    assert store.read(token) is None


def test_a_full_store_refuses_until_the_oldest_is_over(store, clock):
    store.save([b"x" * 60, b"x" * 40])
    with pytest.raises(Refusal) as refused:
        store.save([b"y"])
    headers = refused.value.response().headers
    assert refused.value.status == 503
    assert 3500 < int(headers["retry-after"]) <= 3600
    clock.ahead = 3601
    assert len(store.save([b"y"])) == 1
    assert len(list(store.folder.iterdir())) == 1


def test_a_picture_larger_than_the_store_is_refused(store):
    with pytest.raises(Refusal) as refused:
        store.save([b"x" * 101])
    assert refused.value.response().headers["retry-after"] == "60"


def modes(folder: Path) -> list[int]:
    return [path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())]


def test_the_names_are_keys_so_nobody_else_sees_them(store):
    store.save([b"x"])
    assert modes(store.folder) == [0o700, 0o600]


def test_a_folder_that_was_open_to_others_is_closed_to_them(store):
    (token,) = store.save([b"x"])
    store.folder.chmod(0o755)
    (store.folder / f"{token}.png").chmod(0o644)
    assert ResultStore(store.folder, 3600, 100).read(token)
    assert modes(store.folder) == [0o700, 0o600]


def test_a_folder_of_others_is_left_as_it_is_and_refused(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "diary.txt").write_bytes(b"private")
    with pytest.raises(InvalidSettings, match="holds other files"):
        ResultStore(tmp_path, 3600, 100)
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    tmp_path.chmod(0o700)
    ResultStore(tmp_path, 3600, 100)


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidSettings, match="cannot be used: "):
        ResultStore(tmp_path / "file" / "results", 3600, 100)


def test_what_a_killed_server_had_begun_to_write_goes_too(store, clock):
    begun = store.folder / ".0123456789abcdef.tmp"
    begun.write_bytes(b"half")
    store.sweep()
    assert begun.exists()
    clock.ahead = 3601
    store.sweep()
    assert not begun.exists()


def test_a_temporary_folder_goes_with_the_store_and_a_named_one_stays(store):
    temporary = ResultStore(None, 3600, 100)
    temporary.save([b"x"])
    temporary.close()
    assert not temporary.folder.exists()
    (token,) = store.save([b"x"])
    store.close()
    assert ResultStore(store.folder, 3600, 100).read(token)
