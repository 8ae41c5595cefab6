"""Places for results that do not take them, and names that do not fit."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidOutput
from openai_images.output import OutputFolder


def test_an_output_folder_is_made_with_those_above_it(tmp_path):
    folder = OutputFolder(tmp_path / "a" / "b", 1000)
    assert folder.write("cat", "-{}.png", b"cat") == tmp_path / "a" / "b" / "cat-1.png"
    assert [path.name for path in folder.path.iterdir()] == ["cat-1.png"]


def test_a_result_that_is_there_already_is_left_and_another_never_overwritten(tmp_path):
    folder = OutputFolder(tmp_path, 1000)
    (tmp_path / "cat-2.png").mkdir()
    for content, name in ((b"cat", "cat-1.png"), (b"cat", "cat-1.png"), (b"dog", "cat-3.png")):
        path = folder.write("cat", "-{}.png", content)
        assert (path, path.read_bytes()) == (tmp_path / name, content)


def test_what_a_killed_run_left_half_written_goes_once_nobody_can_write_it(tmp_path):
    old, new, other = (tmp_path / f".{name}.tmp" for name in ("0" * 16, "1" * 16, "of-somebody"))
    for path in (old, new, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (0, 0))
    OutputFolder(tmp_path, 0)
    assert sorted(tmp_path.iterdir()) == sorted([new, other])


@pytest.mark.parametrize("place", ["file", "file/below", "link"])
def test_a_place_that_is_no_folder_is_refused(tmp_path, place):
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InvalidOutput, match="name a folder"):
        OutputFolder(tmp_path / place, 0)
    assert (tmp_path / "file").read_bytes() == b"content"


def test_a_folder_without_room_for_the_results_is_refused(tmp_path):
    with pytest.raises(InvalidOutput, match="make room"):
        OutputFolder(tmp_path, 10**18)


def test_a_name_is_cut_in_its_stem_until_its_bytes_fit(tmp_path):
    folder = OutputFolder(tmp_path, 0)
    path = folder.write("猫" * 120, "-variation-{}.png", b"cat")
    assert len(os.fsencode(path.name)) in range(253, 256)
    assert path.read_bytes() == b"cat"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return OutputFolder(tmp_path_factory.mktemp("names"), 0)


@given(stem=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/")))
def test_any_stem_gives_a_name_that_the_file_system_takes(folder, stem):
    path = folder.write(stem, "-variation-{}.png", b"cat")
    assert path.name.endswith("-variation-1.png")
    assert path.read_bytes() == b"cat"


# Tries the folder, fills its disk, then writes a result.
_RESULT = """
import pathlib, sys
from openai_images.output import OutputFolder

folder = OutputFolder(pathlib.Path(sys.argv[1]), int(sys.argv[2]))
(folder.path / "filler").write_bytes(bytes(900_000))
print(folder.write("cat", "-{}.png", b"cat" * 100_000), folder.rescue)
"""


def test_a_result_that_finds_the_disk_full_goes_to_a_folder_of_its_own(on_a_disk, tmp_path):
    script = [sys.executable, "-c", _RESULT]
    done = on_a_disk("size=1m", *script, "{disk}/out", 500_000, TMPDIR=str(tmp_path))
    assert done.stderr == ""
    path, rescue = map(Path, done.stdout.split())
    assert (path.parent, rescue.parent) == (rescue, tmp_path)
    assert path.read_bytes() == b"cat" * 100_000


@pytest.mark.parametrize(
    ("options", "expected_bytes", "reason"),
    [
        ("ro", 0, "Read-only file system"),
        ("size=1m", 2_000_000, "1.0 MB left"),
        ("size=16k", 0, "No space left"),
    ],
)
def test_a_disk_that_does_not_take_results_is_refused(on_a_disk, options, expected_bytes, reason):
    done = on_a_disk(options, sys.executable, "-c", _RESULT, "{disk}/out", expected_bytes)
    assert done.stderr.splitlines()[-1].startswith("openai_images.errors.InvalidOutput")
    assert reason in done.stderr


def test_a_result_that_can_be_written_nowhere_is_an_error_that_says_so(on_a_disk):
    script = [sys.executable, "-c", _RESULT]
    done = on_a_disk("size=1m", *script, "{disk}/out", 0, TMPDIR="{disk}/out")
    assert "cat is lost" in done.stderr.splitlines()[-1]
