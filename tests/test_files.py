"""Files that a kill at any moment leaves old or wholly new; folders that only one run has."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from openai_images.files import lock_folder, write_atomically, write_new

# For each n, a process that kills itself before the n-th line that it runs inside files.py. Prints
# how each ended and what was there then, until one has run all lines.
_WRITER = """
import os, pathlib, signal, sys
from openai_images import files

path, write = pathlib.Path(sys.argv[1]), getattr(files, sys.argv[2])

def write_until(line):
    def trace(frame, event, argument):
        nonlocal line
        if frame.f_code.co_filename != files.__file__:
            return None
        if event == "line":
            line -= 1
            if line == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
    write(path, b"new" * 100_000)

def content():
    found = path.read_bytes() if path.exists() else None
    return {None: "none", b"old": "old", b"new" * 100_000: "new"}.get(found, "torn")

for line in range(1, 100):
    path.unlink(missing_ok=True)
    if sys.argv[3] == "old":
        path.write_bytes(b"old")
    child = os.fork()
    if child == 0:
        try:
            write_until(line)
        except BaseException:
            os._exit(1)
        os._exit(0)
    end = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(end, content())
    if end != -signal.SIGKILL:
        break
"""


def test_writes_a_new_file(tmp_path):
    path = tmp_path / "picture.png"
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [path]


def test_replaces_a_file_and_keeps_its_permissions(tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"a longer old content")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_new_file_can_be_private_from_the_first(tmp_path):
    write_atomically(tmp_path / "new", b"", mode=0o600)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_a_new_file_has_the_usual_permissions(tmp_path):
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    write_atomically(tmp_path / "new", b"")
    assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode


def test_follows_a_link(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_long_name_fits(tmp_path):
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_failure_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(OSError, match="folder"):
        write_atomically(folder, b"new")
    assert list(tmp_path.iterdir()) == [folder]
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "picture.png", b"new")


@pytest.mark.skipif(os.name == "nt", reason="kills with a POSIX signal")
@pytest.mark.parametrize(
    ("function", "before"), [("write_atomically", "old"), ("write_new", "none")]
)
def test_a_kill_before_any_line_leaves_what_was_there_or_the_new_file(tmp_path, function, before):
    command = [sys.executable, "-c", _WRITER, tmp_path / "picture.png", function, before]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    *killed, last = run.stdout.splitlines()
    assert set(killed) == {f"{-signal.SIGKILL} {before}", f"{-signal.SIGKILL} new"}
    assert last == "0 new"


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_never_takes_the_place_of_another(tmp_path, monkeypatch, links):
    def refused(*_):
        raise PermissionError("no hard links here")

    if not links:
        monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "picture.png"
    write_new(path, b"first")
    with pytest.raises(FileExistsError):
        write_new(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_locked_folder_is_nobody_elses_until_it_is_released(tmp_path):
    lock = lock_folder(tmp_path / "new" / "folder")
    assert lock_folder(tmp_path / "new" / "folder") is None
    lock.release()
    again = lock_folder(tmp_path / "new" / "folder")
    assert again is not None
    again.release()


def test_the_end_of_a_process_releases_its_folder(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from openai_images.files import lock_folder; "
        "lock = lock_folder(Path(sys.argv[1])); print(lock is not None, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE)
    with process:
        assert process.stdout.readline().strip() == b"True"
        assert lock_folder(tmp_path) is None
        process.kill()
    lock = lock_folder(tmp_path)
    assert lock is not None
    lock.release()
