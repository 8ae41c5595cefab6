"""Text from outside made fit to be shown, stored and logged: the one sanitizer of the package.

Control characters could drive a terminal or forge lines of a log, format characters can turn
text around, and lone surrogates break UTF-8 files and the bridge to KNIME.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

__all__ = ["MAX_SHOWN_CHARACTERS", "one_line", "printable", "shown_url", "storable"]

MAX_SHOWN_CHARACTERS = 500

# Unicode categories: controls, lone surrogates, line and paragraph separators.
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})


def one_line(text: str, longest: int = MAX_SHOWN_CHARACTERS) -> str:
    """`text` in one line of at most `longest` characters, every character of it printable."""
    head = text[: longest * 4]
    if not head.isprintable():
        head = "".join(c if c.isprintable() else " " for c in head)
    line = " ".join(head.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def printable(text: str, *, instead: str = "_") -> str:
    """`text` with `instead` for each control character, line break and lone surrogate.

    For names: all other characters stay, those too that only join letters or emoji.
    """
    if text.isprintable():
        return text
    return "".join(instead if unicodedata.category(c) in _CONTROLS else c for c in text)


def storable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, which no file and no table can hold."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def shown_url(url: str) -> str:
    """`url` without user name, password, query and fragment: these may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(not an address)"
    if not parts.scheme:
        return one_line(parts.path)
    return one_line(f"{parts.scheme}://{host}{parts.path}")
