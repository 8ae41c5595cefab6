"""What a process leaves behind in temporary folders: nothing, or what the next one removes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")

HOLDING = """
import sys, time
from pathlib import Path
from knime_headless.temporary import new_folder, new_unfinished

(new_folder() / "table").write_text("rows")
new_unfinished(Path(sys.argv[1])).write_text("half a picture")
print("ready", flush=True)
time.sleep(60)
"""
USING = "from knime_headless.temporary import new_folder; new_folder()"


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("tmp", "out[1]"):
        (tmp_path / name).mkdir()
    return tmp_path / "tmp", tmp_path / "out[1]"


def start(code: str, temporary: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )


def hold(temporary: Path, out: Path) -> subprocess.Popen[str]:
    process = start(HOLDING, temporary, out)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def use(temporary: Path) -> None:
    with start(USING, temporary) as process:
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_what_a_killed_process_left_is_removed_by_the_next(places: tuple[Path, Path]):
    temporary, out = places
    (out / ".hidden.part").write_text("of somebody else")
    with hold(temporary, out) as process:
        process.send_signal(signal.SIGKILL)
    assert len(list(temporary.iterdir())) == 1
    assert len(list(out.iterdir())) == 2
    use(temporary)
    assert list(temporary.iterdir()) == []
    assert [file.name for file in out.iterdir()] == [".hidden.part"]


def test_what_a_living_process_uses_is_left_alone(places: tuple[Path, Path]):
    temporary, out = places
    with hold(temporary, out) as process:
        use(temporary)
        (folder,) = temporary.iterdir()
        assert (folder / "1" / "table").read_text() == "rows"
        assert len(list(out.iterdir())) == 1
        process.kill()


def test_links_and_files_with_such_a_name_are_left_alone(places: tuple[Path, Path]):
    temporary, out = places
    (temporary / "knime-headless-link").symlink_to(out)
    (temporary / "knime-headless-file").write_text("notes")
    (out / "picture.png").write_text("kept")
    use(temporary)
    assert len(list(temporary.iterdir())) == 2
    assert (out / "picture.png").is_file()


def test_a_forked_process_does_not_remove_what_its_parent_uses(places: tuple[Path, Path]):
    temporary, _ = places
    code = """
import os, sys
from knime_headless.temporary import new_folder

folder = new_folder()
if child := os.fork():
    os.waitpid(child, 0)
    print(folder.is_dir())
sys.exit()
"""
    with start(code, temporary) as process:
        printed, _ = process.communicate(timeout=60)
    assert printed == "True\n"
    assert list(temporary.iterdir()) == []
