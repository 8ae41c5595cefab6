"""Requests per minute, on a clock of the test's own, in one process and in several."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openai_images.transport.ratelimit import RateLimit, state_folder
from openai_images.watch import UNWATCHED

from .clock import DrivenClock, SharedClock
from .watching import Watcher

ROOT = Path(__file__).parents[2]
SERVICE = "https://images.test/v1 my key"


def limit(per_minute, longest_hold=60, *, service=None, clock=None):
    return RateLimit(per_minute, longest_hold, service, clock or DrivenClock(0.0))


def test_no_limit_never_waits():
    free = limit(0, service=SERVICE)
    assert all(free.book(UNWATCHED) == 0 for _ in range(1000))
    assert not state_folder().exists()


@pytest.mark.parametrize("service", [None, SERVICE], ids=["one object", "all processes"])
def test_the_next_call_waits_until_the_oldest_is_a_minute_ago(service):
    clock = DrivenClock(1000.0)
    two = limit(2, service=service, clock=clock)
    waits = []
    for gap in (0, 10, 10, 40, 0):
        clock.sleep(gap)
        waits.append(two.book(UNWATCHED))
    assert waits == [0, 0, 40, 0, 10]


@pytest.mark.parametrize("service", [None, SERVICE], ids=["one object", "all processes"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5), st.lists(st.floats(0, 30), max_size=30), st.integers(0, 10**6))
def test_never_more_than_the_limit_in_any_minute(service, per_minute, gaps, number):
    clock = DrivenClock(1e6)
    name = service and f"{service} {number} {per_minute} {gaps}"
    limits = [limit(per_minute, service=name, clock=clock) for _ in range(3 if service else 1)]
    starts = []
    for turn, gap in enumerate(gaps):
        clock.sleep(gap)
        while wait := limits[turn % len(limits)].book(UNWATCHED):
            assert 0 < wait <= 60 + 1e-6
            clock.sleep(wait)
        starts.append(clock.now)
    for first, last in zip(starts, starts[per_minute:], strict=False):
        assert last - first >= 60 - 1e-6


def test_services_and_credentials_do_not_share_a_limit():
    for service in ("a key", "b key", "a other"):
        assert limit(1, service=service).book(UNWATCHED) == 0


PROCESS = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from openai_images.transport.ratelimit import RateLimit
    from openai_images.watch import UNWATCHED
    from tests.transport.clock import SharedClock

    clock = SharedClock(Path(sys.argv[1]))
    limit = RateLimit(1, 60, sys.argv[2], clock)
    while wait := limit.book(UNWATCHED):
        clock.sleep(wait)
    """
)


def test_five_jobs_in_five_processes_take_four_minutes(tmp_path):
    clock = tmp_path / "clock"
    clock.write_text("1000000.0\n")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROCESS, str(clock), SERVICE]
    processes = [subprocess.Popen(command, env=environment, cwd=ROOT) for _ in range(5)]
    assert [process.wait(120) for process in processes] == [0] * 5
    assert SharedClock(clock).time() == 1_000_240.0
    with closing(sqlite3.connect(_record())) as record:
        ((last,),) = record.execute("SELECT at FROM starts").fetchall()
    assert last == 1_000_240.0


def test_a_process_that_dies_takes_no_turn_with_it():
    clock = DrivenClock()
    one = limit(1, service=SERVICE, clock=clock)
    assert one.book(UNWATCHED) == 0
    dying = "import os, sqlite3, sys\n" + textwrap.dedent(
        """
        record = sqlite3.connect(sys.argv[1], isolation_level=None)
        record.execute("BEGIN IMMEDIATE")
        record.execute("INSERT INTO starts VALUES ('x', 1)")
        os._exit(1)
        """
    )
    subprocess.run([sys.executable, "-c", dying, str(_record())], check=False, timeout=60)
    clock.sleep(60)
    assert one.book(UNWATCHED) == 0


def test_a_clock_that_is_set_back_keeps_nobody_longer_than_a_minute():
    clock = DrivenClock(1e6)
    one = limit(1, service=SERVICE, clock=clock)
    assert one.book(UNWATCHED) == 0
    clock.now -= 86_400
    assert one.book(UNWATCHED) == 60
    clock.now += 60
    assert one.book(UNWATCHED) == 0
    clock.now += 86_400
    assert one.book(UNWATCHED) == 0


def test_only_the_user_reads_the_record_and_no_key_is_in_it():
    assert limit(1, service=SERVICE).book(UNWATCHED) == 0
    assert b"my key" in _record().read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(_record().stat().st_mode) == 0o600
        assert stat.S_IMODE(state_folder().stat().st_mode) == 0o700


def _make_file(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"")


def _make_garbage(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "rate-limits.sqlite3").write_bytes(b"no database " * 1000)


def _make_directory(folder: Path) -> None:
    (folder / "rate-limits.sqlite3").mkdir(parents=True)


@pytest.mark.parametrize("spoil", [_make_file, _make_garbage, _make_directory])
def test_without_a_record_the_limit_holds_in_the_process_and_one_warning_says_so(spoil):
    spoil(state_folder())
    watcher, clock = Watcher(), DrivenClock()
    one = limit(1, service=SERVICE, clock=clock)
    assert one.book(watcher) == 0
    assert one.book(watcher) == 60
    (warning,) = watcher.messages
    assert "for this node alone" in warning
    assert str(state_folder()) in warning


def test_a_full_disk_is_no_error(monkeypatch):
    def full(*arguments: object, **options: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(sqlite3, "connect", full)
    watcher = Watcher()
    one = limit(1, service=SERVICE)
    assert one.book(watcher) == 0
    assert "disk is full" in watcher.messages[0]


@pytest.mark.parametrize(
    ("platform", "end"),
    [
        ("linux", ".local/state/openai-images"),
        ("darwin", "Library/Application Support/openai-images"),
        ("win32", "AppData/Local/openai-images"),
    ],
)
def test_each_system_has_its_folder(monkeypatch, platform, end):
    for name in ("XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    assert state_folder() == Path.home() / end


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_nothing_left_holds_until_the_reset(kind):
    clock = DrivenClock(100.0)
    free = limit(0, longest_hold=400, clock=clock)
    free.learn({f"x-ratelimit-remaining-{kind}": "0", f"x-ratelimit-reset-{kind}": "6m0s"})
    clock.sleep(1)
    assert free.held() == 359
    clock.sleep(359)
    assert free.held() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1m"},
        {"x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "later"},
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "23h"},
    ],
    ids=["silent", "some left", "no reset", "reset unreadable", "longer than is believed"],
)
def test_other_headers_hold_nobody(headers):
    free = limit(0)
    free.learn(headers)
    assert free.held() == 0


def test_a_shorter_hold_does_not_end_a_longer_one():
    clock = DrivenClock(0.0)
    free = limit(0, clock=clock)
    free.hold(30)
    free.hold(5)
    clock.sleep(10)
    assert free.held() == 20


def _record() -> Path:
    return state_folder() / "rate-limits.sqlite3"
