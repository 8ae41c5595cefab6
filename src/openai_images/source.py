"""Where an input picture lies: a path, a `file:` or `knime:` URL, or a web address."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from unicodedata import category
from urllib.parse import SplitResult, unquote, unquote_to_bytes, urlsplit

from .errors import InvalidPicture
from .text import printable

__all__ = ["MAX_SOURCE_BYTES", "Located", "Picture", "locate", "read_source"]

# The edits call takes files of less than 50 MB, the most of all calls.
MAX_SOURCE_BYTES = 50 * 1024 * 1024

_WORKFLOW_DATA = "knime://knime.workflow/data/"
# Two letters at least: C:\cat.png is a path. Other names with a colon may be file names.
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://|(file|knime|https?|data):", re.IGNORECASE)

# Unicode categories.
_CONTROLS = frozenset({"Cc", "Zl", "Zp"})


@dataclass(frozen=True)
class Picture:
    """A picture file: its name, fit to be shown and sent, and its content."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Located:
    """A location that was understood: either `path` or `url` is set.

    Neither is set for a place in the workflow's data area while that folder is not known.

    Attributes:
        name: the file's name, printable.
        path: the file, existing and readable when it was located.
        url: the web address; its query may hold a token, so it is never shown.
    """

    name: str
    path: Path | None = None
    url: str | None = field(default=None, repr=False)


def read_source(
    location: str, *, data_area: Path | None, download: Callable[[str], bytes]
) -> Picture:
    """Read the picture file at `location` (see `locate`), at most `MAX_SOURCE_BYTES` of it.

    Args:
        data_area: the workflow's data folder, where there is one.
        download: gives the content behind an http(s) URL; its errors are passed on.

    Raises:
        InvalidPicture: there is no such file, or it cannot be read.
    """
    located = _understood(location, data_area)
    if located.url is not None:
        data = download(located.url)
        _check_length(len(data), located.name)
    elif located.path is not None:
        data = _read(located.path)
    else:
        raise InvalidPicture(
            f"{_shown(location)} lies in the workflow's data area, but there is no workflow here: "
            "enter a path instead."
        )
    return Picture(located.name, data)


def locate(location: str, *, data_area: Path | None = None) -> Located:
    r"""Understand a location and refuse what can be refused without reading or the network.

    Understood are: a path (`C:\cat.png`, `~/cat.png` in the user's home, or relative to the
    working folder); `file:///home/me/a%20cat.png`; `knime://knime.workflow/data/cat.png`, inside
    that folder only; `https://example.org/cat.png`, also with `http`.

    Args:
        data_area: the workflow's data folder; None while it is not known.

    Raises:
        InvalidPicture: it is empty, of another kind, names no readable, regular, non-empty file
            of at most `MAX_SOURCE_BYTES`, or leaves the data area.
    """
    located = _understood(location, data_area)
    if located.path is not None:
        with _opened(located.path, _shown(str(located.path))):
            pass
    return located


def _understood(location: str, data_area: Path | None) -> Located:
    """As `locate`, but no file is looked at."""
    text = _entered(location)
    match = _SCHEME.match(text)
    scheme = (match[1] or match[2]).lower() if match else ""
    if scheme in ("http", "https"):
        return _web(text)
    if scheme == "knime":
        return _in_workflow(text, data_area)
    if scheme == "file":
        return _on_disk(_file_url_path(text))
    if scheme:
        raise InvalidPicture(
            f'"{scheme}:" addresses cannot be read: enter a path, or a file:, knime:, '
            "http: or https: URL."
        )
    return _on_disk(_expanded(text))


def _entered(location: str) -> str:
    """What the user entered, without spaces around it."""
    text = location.strip()
    if not text:
        raise InvalidPicture("Image is empty: enter a path or a URL of a picture.")
    if any(category(c) in _CONTROLS for c in text):
        raise InvalidPicture("Image has line breaks or control characters in it: enter it again.")
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        raise InvalidPicture(
            "Image has characters that no file name has: enter it again."
        ) from None
    return text


def _web(text: str) -> Located:
    """An http(s) URL; messages name only its host, since path and query may hold a token."""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = SplitResult("", "", "", "", ""), None
    if not host or any(character.isspace() or category(character) == "Cs" for character in text):
        raise InvalidPicture("Image is not a valid web address: enter https://host/path.")
    if "@" in parts.netloc:
        raise InvalidPicture(
            f"The address of the picture at {host} has a user name or password in it: "
            "remove it; only pictures that anybody may fetch are downloaded."
        )
    name = unquote(parts.path).rpartition("/")[2]
    return Located(_printable(name) or "picture", url=parts._replace(fragment="").geturl())


def _in_workflow(text: str, data_area: Path | None) -> Located:
    """A place in the workflow's data area; `..` and links that lead out of it are refused."""
    if not text.lower().startswith(_WORKFLOW_DATA):
        raise InvalidPicture(
            f"{_shown(text)} cannot be read: of knime: URLs only {_WORKFLOW_DATA}... is supported; "
            "copy the picture into the workflow's data folder."
        )
    steps = _decoded(text[len(_WORKFLOW_DATA) :]).split("/")
    steps = [step for step in steps if step not in ("", ".")]
    outside = InvalidPicture(
        f"{_shown(text)} leads out of the workflow's data folder: "
        "copy the picture into that folder, or enter its path."
    )
    if any(step == ".." or _leads_away(step) for step in steps):
        raise outside
    if data_area is None:
        return Located(_printable(steps[-1]) if steps else "data")
    path = data_area.joinpath(*steps).resolve()
    if not path.is_relative_to(data_area.resolve()):
        raise outside
    return _on_disk(path)


def _leads_away(step: str) -> bool:
    """Windows: a separator or a drive inside one step of the URL."""
    return os.name == "nt" and any(c in step for c in "\\:")


def _file_url_path(text: str) -> Path:
    """The path of a `file:` URL (RFC 8089); `#` and `?` may be part of the name."""
    rest = text[len("file:") :]
    if rest.startswith("//"):
        host, slash, tail = rest[2:].partition("/")
        if host.lower() not in ("", "localhost"):
            raise InvalidPicture(
                f"{_shown(text)} names another computer: "
                "only files of this one can be read; write file:///..."
            )
        rest = slash + tail
    path = _decoded(rest)
    if os.name == "nt" and re.match(r"/[A-Za-z]:", path):
        path = path[1:]
    if not path:
        raise InvalidPicture(f"{_shown(text)} names no file: write file:///folder/picture.png.")
    return Path(path)


def _decoded(text: str) -> str:
    """Percent-decoded as file names are: any bytes but NUL."""
    raw = unquote_to_bytes(os.fsencode(text))
    if b"\0" in raw:
        raise InvalidPicture(f"{_shown(text)} has a zero byte in it: enter the location again.")
    return os.fsdecode(raw)


def _expanded(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InvalidPicture(
            f"{_shown(text)}: there is no such user; write the whole path."
        ) from None


def _on_disk(path: Path) -> Located:
    return Located(_printable(path.name), path=path)


def _read(path: Path) -> bytes:
    shown = _shown(str(path))
    with _opened(path, shown) as file:
        # Python takes the memory for as much as it is to read, before it reads.
        length = os.fstat(file.fileno()).st_size
        data = file.read(min(length, MAX_SOURCE_BYTES) + 1)
    _check_length(len(data), shown)
    return data


@contextmanager
def _opened(path: Path, shown: str) -> Iterator[BinaryIO]:
    """Open a regular file of a length that is read.

    Looks at what was really opened, without blocking: since the name was looked at, it may have
    come to stand for a pipe.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        _check_status(path.stat(), shown)
        with os.fdopen(os.open(path, flags), "rb") as file:
            _check_status(os.fstat(file.fileno()), shown)
            yield file
    except OSError as error:
        raise _unreadable(shown, error) from None


def _check_status(status: os.stat_result, shown: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise InvalidPicture(f"{shown} is a folder: choose a picture file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise InvalidPicture(f"{shown} is a device or a pipe, not a file: choose a picture file.")
    _check_length(status.st_size, shown)


def _check_length(length: int, shown: str) -> None:
    if length == 0:
        raise InvalidPicture(f"{shown} is empty (0 bytes): choose another picture.")
    if length > MAX_SOURCE_BYTES:
        raise InvalidPicture(
            f"{shown} has {length:,} bytes or more; at most 50 MB ({MAX_SOURCE_BYTES:,} bytes) "
            "are read: make the picture smaller."
        )


def _unreadable(shown: str, error: OSError) -> InvalidPicture:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return InvalidPicture(f"{shown} does not exist: check the path.")
    if isinstance(error, PermissionError):
        return InvalidPicture(f"{shown} may not be read: change its permissions.")
    return InvalidPicture(f"{shown} cannot be read ({error.strerror}): check the path.")


def _printable(name: str) -> str:
    """A name that any message, form field and table can hold: no controls, no lone surrogates."""
    return printable(name)[-120:]


def _shown(location: str) -> str:
    """A location in a message: printable, and its end when it is long."""
    text = printable(location)
    return text if len(text) <= 200 else f"...{text[-200:]}"
