"""From arguments to pictures, and to the names of what is made of them."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..errors import InvalidPicture
from ..source import Located, locate
from ..text import printable

__all__ = ["Input", "find_inputs"]

_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
_RESULT = re.compile(r"-variation-[0-9]+\.png")


@dataclass(frozen=True)
class Input:
    """A picture to vary.

    Attributes:
        location: path or URL.
        path: the file, where it is one on this machine.
        stem: what the names of its variations begin with; no other input has it.
    """

    location: str
    path: Path | None
    stem: str


def find_inputs(arguments: list[str], out: Path) -> list[Input]:
    """The pictures that the arguments name, each once, in their order.

    An argument is a path or URL of a picture, a folder, which stands for the pictures in it, or a
    pattern such as `scans/**/*.tif`. Of a folder or pattern, results of earlier runs in `out` are
    passed over.

    Raises:
        InvalidPicture: a picture that is named does not exist, or a folder or pattern has none.
    """
    found: dict[str, tuple[str, Located]] = {}
    for argument in arguments:
        for location in _locations(argument, out):
            located = _located(location)
            identity = os.path.realpath(located.path) if located.path else location
            found.setdefault(identity, (location, located))
    stems = _stems([(identity, located.name) for identity, (_, located) in found.items()])
    return [
        Input(location, located.path, stem)
        for (location, located), stem in zip(found.values(), stems, strict=True)
    ]


def _locations(argument: str, out: Path) -> list[str]:
    if os.path.isdir(argument):  # noqa: PTH112 (is_dir raises where a name is too long)
        chosen = [path for path in _listed(argument) if Path(path).suffix.lower() in _ENDINGS]
        what = f"The folder {printable(argument)} has no pictures ({', '.join(sorted(_ENDINGS))})"
    elif _is_pattern(argument):
        chosen = sorted(glob.iglob(argument, recursive=True))  # noqa: PTH207 (paths are absolute too)
        chosen = [path for path in chosen if Path(path).is_file()]
        what = f"No file matches {printable(argument)}"
    else:
        locate(argument)
        return [argument]
    chosen = [path for path in chosen if not _is_result(Path(path), out)]
    if not chosen:
        raise InvalidPicture(f"{what}: check the path.")
    return chosen


def _listed(folder: str) -> list[str]:
    try:
        entries = sorted(Path(folder).iterdir())
    except OSError as error:
        raise InvalidPicture(f"{printable(folder)} cannot be listed: {error.strerror}.") from None
    return [str(path) for path in entries if path.is_file() and not path.name.startswith(".")]


def _is_pattern(argument: str) -> bool:
    is_address = "://" in argument
    return glob.has_magic(argument) and not is_address and not os.path.lexists(argument)


def _is_result(path: Path, out: Path) -> bool:
    return bool(_RESULT.search(path.name)) and path.parent.resolve() == out.resolve()


def _located(location: str) -> Located:
    try:
        return locate(location)
    except InvalidPicture:  # becomes a failure of its own once it is read
        return Located(printable(Path(location).name), path=Path(location))


def _stems(found: list[tuple[str, str]]) -> list[str]:
    """For each picture, by identity and name, the shortest text that no other one has.

    That is its stem; where two pictures share it, the whole name, as in `a.png` and `a.jpg`;
    where they share that too, the name and a part of the digest of the identity.
    """
    names = [
        (Path(name).stem, name, f"{name}-{hashlib.sha256(os.fsencode(identity)).hexdigest()[:8]}")
        for identity, name in found
    ]
    lengths = [0] * len(names)
    while True:
        stems = [choice[length] for choice, length in zip(names, lengths, strict=True)]
        counts = Counter(map(_folded, stems))
        clashing = [i for i, stem in enumerate(stems) if counts[_folded(stem)] > 1]
        growing = [i for i in clashing if lengths[i] < 2]
        if not growing:
            return stems
        for i in growing:
            lengths[i] += 1


def _folded(name: str) -> str:
    """As file systems see it that tell neither case nor ways to write an accent apart."""
    return unicodedata.normalize("NFC", name).casefold()
