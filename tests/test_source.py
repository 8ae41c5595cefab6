"""Tests of locate and read_source: what is read, and what each refusal says."""

import contextlib
import os
import socket
import threading
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openai_images.errors import InvalidPicture
from openai_images.source import MAX_SOURCE_BYTES, Located, locate, read_source

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX paths")


def no_download(url):
    raise AssertionError(f"nothing should be fetched: {url}")


def read(location, data_area=None, download=no_download):
    return read_source(str(location), data_area=data_area, download=download)


def outcome(path):
    """What was read, or the first part of the refusal."""
    try:
        return read(path).data.decode()
    except InvalidPicture as error:
        return str(error).partition(":")[0]


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "a cat.png"
    path.write_bytes(b"picture")
    return path


@pytest.fixture
def as_ordinary_user(tmp_path):
    """A block that runs without the rights of root, who may read everything."""

    @contextlib.contextmanager
    def block():
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(user)

    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return block()


@pytest.fixture
def data_area(tmp_path):
    area = tmp_path / "workflow" / "data"
    (area / "in").mkdir(parents=True)
    (area / "in" / "a cat.png").write_bytes(b"inside")
    (tmp_path / "workflow" / "secret.txt").write_bytes(b"outside")
    return area


def test_reads_a_path(picture):
    found = read(f"  {picture} ")
    assert (found.name, found.data) == ("a cat.png", b"picture")


def test_reads_a_path_relative_to_the_working_folder(picture, monkeypatch):
    monkeypatch.chdir(picture.parent)
    assert read("a cat.png").data == b"picture"


@posix
def test_reads_a_path_in_the_home_folder(picture, monkeypatch):
    monkeypatch.setenv("HOME", str(picture.parent))
    assert read("~/a cat.png").data == b"picture"


def test_an_unknown_user_is_refused():
    with pytest.raises(InvalidPicture, match="no such user"):
        locate("~nobody-has-this-name/cat.png")


@posix
@pytest.mark.parametrize("prefix", ["file://", "file:", "FILE://", "file://localhost"])
def test_reads_a_file_url(picture, prefix):
    assert read(prefix + quote(str(picture))).data == b"picture"


@posix
@pytest.mark.parametrize("name", ["a#1.png", "a?b.png", "100%.png", "ü.png", "a:b.png"])
def test_reads_odd_names(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"odd")
    assert read(path).data == b"odd"
    assert read("file://" + quote(str(path))).data == b"odd"


@posix
def test_reads_a_name_that_is_no_text(tmp_path):
    path = tmp_path / os.fsdecode(b"\xff.png")
    path.write_bytes(b"odd")
    assert read(path).name == "_.png"
    assert read(f"file://{tmp_path}/%ff.png").data == b"odd"


def test_reads_a_name_with_a_narrow_space(tmp_path):
    path = tmp_path / "Screenshot 3.04\u202fPM.png"
    path.write_bytes(b"odd")
    assert read(path).name == path.name


@pytest.mark.parametrize(
    "location", [r"C:\pictures\cat.png", "C:/pictures/cat.png", r"\\server\share\cat.png"]
)
def test_a_windows_path_is_no_url(location):
    with pytest.raises(InvalidPicture, match="does not exist"):
        locate(location)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("", "Image is empty"),
        (" \t ", "Image is empty"),
        ("cat\n.png", "control characters"),
        ("cat\0.png", "control characters"),
        ("cat\ud800.png", "characters that no file name has"),
        ("file:///cat\ud800.png", "characters that no file name has"),
        ("file:///missing\udcff.png", "missing_.png does not exist"),
        ("https://example.org/\udcff.png", "not a valid web address"),
        ("missing.png", "missing.png does not exist"),
        ("ftp://example.org/cat.png", '"ftp:" addresses cannot be read'),
        ("s3://bucket/cat.png", '"s3:" addresses cannot be read'),
        ("data:image/png;base64,AAAA", '"data:" addresses cannot be read'),
        ("file://server/share/cat.png", "names another computer"),
        ("file:", "names no file"),
        ("file:///cat%00.png", "zero byte"),
        ("http://", "not a valid web address"),
        ("http:cat.png", "not a valid web address"),
        ("https://[::1/cat.png", "not a valid web address"),
        ("https://example.org:99999/cat.png", "not a valid web address"),
        ("https://example.org/a cat.png", "not a valid web address"),
        ("knime://knime.mountpoint/data/cat.png", "copy the picture into the workflow's data"),
        ("knime://LOCAL/cat.png", "only knime://knime.workflow/data/... is supported"),
        ("knime://knime.workflow/../data/cat.png", "only knime://knime.workflow/data/..."),
        ("knime://knime.workflow/data", "only knime://knime.workflow/data/..."),
    ],
)
def test_refuses(location, message):
    with pytest.raises(InvalidPicture) as caught:
        locate(location, data_area=Path("unused"))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_long_location_is_cut():
    with pytest.raises(InvalidPicture) as caught:
        locate("folder/" * 3_000 + "cat.png")
    assert len(str(caught.value)) < 300


def test_refuses_a_folder(tmp_path):
    with pytest.raises(InvalidPicture, match="is a folder: choose a picture file in it"):
        locate(str(tmp_path))


def test_refuses_an_empty_file(tmp_path):
    (tmp_path / "cat.png").touch()
    with pytest.raises(InvalidPicture, match=r"cat\.png is empty \(0 bytes\)"):
        locate(str(tmp_path / "cat.png"))


def test_refuses_a_file_over_the_limit(tmp_path):
    path = tmp_path / "cat.png"
    with path.open("wb") as file:
        file.truncate(MAX_SOURCE_BYTES + 1)
    with pytest.raises(InvalidPicture, match="52,428,801 bytes or more; at most 50 MB"):
        locate(str(path))


@posix
def test_refuses_a_file_without_permission(picture, as_ordinary_user):
    picture.chmod(0)
    with as_ordinary_user, pytest.raises(InvalidPicture, match="may not be read"):
        locate(str(picture))


@posix
def test_refuses_pipes_devices_and_sockets(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", Path("/dev/zero")):
            with pytest.raises(InvalidPicture, match="is a device or a pipe"):
                locate(str(path))


@posix
def test_a_link_that_goes_round_is_refused(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "link")
    with pytest.raises(InvalidPicture, match="cannot be read"):
        locate(str(tmp_path / "link"))


def test_reads_from_the_data_area(data_area):
    for location in ("in/a%20cat.png", "in/a cat.png", "./in//a%20cat.png"):
        assert read(f"knime://knime.workflow/data/{location}", data_area).data == b"inside"


def test_a_data_area_that_is_not_known_yet_is_no_reason_to_refuse():
    assert locate("knime://knime.workflow/data/in/cat.png") == Located("cat.png")
    with pytest.raises(InvalidPicture, match="there is no workflow here"):
        read("knime://knime.workflow/data/in/cat.png")


@pytest.mark.parametrize(
    "escape", ["../secret.txt", "in/../../secret.txt", "%2e%2e/secret.txt", "..%2Fsecret.txt"]
)
def test_never_leaves_the_data_area(data_area, escape):
    with pytest.raises(InvalidPicture, match="leads out of the workflow's data folder"):
        read(f"knime://knime.workflow/data/{escape}", data_area)


@posix
def test_never_follows_a_link_out_of_the_data_area(data_area):
    (data_area / "link").symlink_to(data_area.parent)
    with pytest.raises(InvalidPicture, match="leads out of the workflow's data folder"):
        read("knime://knime.workflow/data/link/secret.txt", data_area)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.booleans())
def test_no_text_leaves_the_data_area(data_area, text, encoded):
    location = "knime://knime.workflow/data/" + (quote(text) if encoded else text)
    with contextlib.suppress(InvalidPicture):
        located = locate(location, data_area=data_area)
        assert located.path is not None
        assert located.path.resolve().is_relative_to(data_area.resolve())


@given(st.text(st.characters(), max_size=80))
def test_any_text_is_understood_or_refused(text):
    try:
        shown = locate(text).name
    except InvalidPicture as error:
        shown = str(error)
    assert shown
    assert not any(ord(character) < 32 for character in shown)
    shown.encode("utf-8")


def test_downloads_a_web_address():
    asked = []

    def download(url):
        asked.append(url)
        return b"from the web"

    found = read("https://example.org/photos/a%20cat.png?token=hidden#part", download=download)
    assert (found.name, found.data) == ("a cat.png", b"from the web")
    assert asked == ["https://example.org/photos/a%20cat.png?token=hidden"]


def test_a_web_address_without_a_name():
    assert locate("http://example.org").name == "picture"


def test_an_empty_download_is_refused():
    with pytest.raises(InvalidPicture, match=r"cat\.png is empty"):
        read("https://example.org/cat.png?token=hidden", download=lambda url: b"")


@pytest.mark.parametrize(
    "location",
    [
        "https://user:hidden@example.org/cat.png",
        "https://hidden@example.org/cat.png",
        "https://example.org:hidden/cat.png?token=hidden",
        "https:///cat.png?token=hidden",
    ],
)
def test_what_may_be_secret_in_a_web_address_is_never_shown(location):
    with pytest.raises(InvalidPicture) as caught:
        locate(location)
    assert "hidden" not in str(caught.value)
    assert caught.value.__context__ is None or "hidden" not in str(caught.value.__context__)


def test_the_query_of_a_web_address_is_not_in_its_repr():
    assert "hidden" not in repr(locate("https://example.org/cat.png?token=hidden"))


@posix
def test_a_file_that_becomes_a_pipe_is_refused_without_waiting(tmp_path):
    """The name is swapped while it is read over and over: each time a file, or a refusal."""
    path, pipe, file = tmp_path / "cat.png", tmp_path / "pipe", tmp_path / "file"
    file.write_bytes(b"picture")
    os.mkfifo(pipe)
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            for target in (file, pipe):
                (tmp_path / "next").symlink_to(target)
                (tmp_path / "next").replace(path)

    path.symlink_to(file)
    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(300):
            assert outcome(path) in ("picture", f"{path} is a device or a pipe, not a file")
    finally:
        stop.set()
        thread.join()
