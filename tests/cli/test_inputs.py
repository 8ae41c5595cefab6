"""From arguments to pictures and names."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.cli.inputs import find_inputs
from openai_images.errors import InvalidPicture


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with pictures, as the working folder."""
    for name in ("b.png", "a.JPG", "a.png", "notes.txt", ".hidden.png", "sub/a.png", "sub/c.tif"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*arguments, out="out"):
    return [(given.location, given.stem) for given in find_inputs(list(arguments), Path(out))]


def test_a_folder_stands_for_the_pictures_in_it(folder):
    assert found("sub") == [("sub/a.png", "a"), ("sub/c.tif", "c")]


def test_pictures_of_one_stem_get_names_that_tell_them_apart(folder):
    assert found(".") == [("a.JPG", "a.JPG"), ("a.png", "a.png"), ("b.png", "b")]
    (_, first), (_, second) = found("a.png", "sub/a.png")
    assert first != second
    assert (first[:6], second[:6]) == ("a.png-", "a.png-")


def test_a_picture_named_twice_is_one(folder):
    (folder / "link.png").symlink_to(folder / "b.png")
    assert found("b.png", "./b.png", str(folder / "b.png"), "link.png") == [("b.png", "b")]


def test_a_pattern_stands_for_the_files_that_match(folder):
    assert [location for location, _ in found("**/*.png")] == ["a.png", "b.png", "sub/a.png"]
    (folder / "[x].png").write_bytes(b"x")
    assert found("[x].png") == [("[x].png", "[x]")]


def test_results_of_earlier_runs_are_passed_over_unless_they_are_named(folder):
    (folder / "b-variation-1.png").write_bytes(b"x")
    result = ("b-variation-1.png", "b-variation-1")
    assert result not in found(".", out=".")
    assert result not in found("*.png", out=".")
    assert result in found(".", out="out")
    assert result in found("b-variation-1.png", out=".")


def test_addresses_are_kept_as_they_are(folder):
    url = "https://example.org/cat%20[1].png?size=*"
    assert found(url) == [(url, "cat [1]")]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("nowhere.png", "does not exist"),
        ("*.gif", "No file matches"),
        ("empty", "has no pictures"),
        ("x" * 5000, "cannot be read"),
    ],
)
def test_what_names_no_picture_is_refused(folder, argument, message):
    (folder / "empty").mkdir()
    with pytest.raises(InvalidPicture, match=message):
        found(argument)


@given(names=st.sets(st.text("abA.é\u0301", min_size=1, max_size=4).map(lambda t: t + ".png")))
def test_no_two_pictures_share_a_name_on_any_file_system(tmp_path_factory, names):
    import unicodedata

    folder = tmp_path_factory.mktemp("names")
    for name in names:
        (folder / name).write_bytes(b"x")
    if not any(not name.startswith(".") for name in os.listdir(folder)):  # noqa: PTH208
        return
    stems = [stem for _, stem in found(str(folder))]
    assert len({unicodedata.normalize("NFC", stem).casefold() for stem in stems}) == len(stems)
