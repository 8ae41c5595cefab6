"""Text from outside made fit to be shown in one line."""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import urlsplit

from .limits import MAX_MESSAGE_CHARACTERS

_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,300}?)</title", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h1[^>]{0,200}>(.{1,300}?)</h1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,300}>")
_PAGE = re.compile(r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S)


def clean(text: str, longest: int = MAX_MESSAGE_CHARACTERS) -> str:
    """`text` in one line of at most `longest` characters.

    Control and format characters and lone surrogates (Unicode category C) become spaces: they
    could forge log lines, and surrogates break the bridge to KNIME.
    """
    head = text[: longest * 4]
    kept = "".join(" " if unicodedata.category(c).startswith("C") else c for c in head)
    line = " ".join(kept.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def is_page(text: str) -> bool:
    """Whether `text` starts like an HTML page."""
    return _PAGE.match(text) is not None


def page_title(text: str) -> str:
    """The title of an HTML page, or its first heading, or nothing."""
    found = _TITLE.search(text) or _HEADING.search(text)
    return clean(html.unescape(_TAG.sub(" ", found.group(1)))) if found else ""


def shown_url(url: str) -> str:
    """`url` without user name, password, query and fragment: these may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(not an address)"
    if not parts.scheme:
        return clean(parts.path)
    return clean(f"{parts.scheme}://{host}{parts.path}")
