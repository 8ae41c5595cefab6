"""JSON from outside, read in bounded memory.

Python's values take up to forty times the bytes of their JSON, and a single rare character
makes a whole text take four bytes a letter. Answers of the images call may be large, but only
for their base64 texts: long texts are lifted out first, and what remains must be small. For
base64 that is also four times as fast as to read it letter by letter.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Iterator
from typing import Any

__all__ = ["loads"]

# Ten revised prompts of 32,000 characters, each of them escaped as \uXXXX.
MAX_REMAINDER_BYTES = 2 * 1024 * 1024
# Texts of so many bytes are lifted out.
_LONG = 4096
# Nobody who writes such a text knows it, so no text of theirs can be a name.
_TOKEN = secrets.token_hex(16)

_MAX_DIGITS = 1000
_BACKSLASH = ord("\\")
# In base64 some servers escape each slash, and some break lines.
_ESCAPES = {b"\\/": b"/", b"\\n": b"\n", b"\\r": b"\r"}


def loads(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; bytes that are not become the replacement character.

    It can be written as JSON again: NaN, infinities and what is read as such become None. Long
    texts may have line breaks in them.

    Raises:
        ValueError: it is not JSON, nested too deeply, or too large without its long texts.
    """
    remainder, lifted = (body, {}) if len(body) < _LONG else _lifted(body)
    try:
        value = _parsed(remainder)
        return _restored(value, lifted) if lifted else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _lifted(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The body with a name in place of each long text, and the texts by these names."""
    kept: list[bytes] = []
    lifted: dict[str, str] = {}
    size = done = 0
    for start, end in _strings(body):
        if size + start - done > MAX_REMAINDER_BYTES:
            break
        if end - start >= _LONG and _is_plain(text := body[start:end]):
            name = f"{_TOKEN}-{len(lifted)}"
            kept += body[done:start], name.encode("ascii")
            lifted[name] = _unescaped(text)
            size += start - done
            done = end
    if size + len(body) - done > MAX_REMAINDER_BYTES:
        raise ValueError("too large without its long texts")
    return b"".join((*kept, body[done:])), lifted


def _strings(body: bytes) -> Iterator[tuple[int, int]]:
    """Where the content of each string of a JSON text begins and ends."""
    quote = body.find(b'"')
    while quote >= 0:
        end = body.find(b'"', quote + 1)
        while end >= 0 and _is_escaped(body, end):
            if end - quote > MAX_REMAINDER_BYTES:
                return
            end = body.find(b'"', end + 1)
        if end < 0:
            return
        yield quote + 1, end
        quote = body.find(b'"', end + 1)


def _is_escaped(body: bytes, quote: int) -> bool:
    """Whether an odd number of backslashes stands before a quote that a string begins before."""
    first = quote
    while body[first - 1] == _BACKSLASH:
        first -= 1
    return (quote - first) % 2 == 1


def _is_plain(text: bytes) -> bool:
    """Whether it is ASCII with no other escapes than those that are undone here."""
    # Looking for a byte takes a fraction of counting it.
    if b"\\" in text and text.count(b"\\") != sum(map(text.count, _ESCAPES)):
        return False
    return text.isascii()


def _parsed(body: bytes) -> Any:
    return json.loads(
        body.decode("utf-8-sig", errors="replace"),
        parse_constant=lambda name: None,
        parse_float=_finite,
        parse_int=_integer,
    )


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _integer(text: str) -> int | float | None:
    # Python reads no more digits, for their number is squared in time.
    return int(text) if len(text) <= _MAX_DIGITS else _finite(text)


def _restored(value: Any, lifted: dict[str, str]) -> Any:
    """`value` with the lifted texts in their places again."""
    if isinstance(value, str):
        return lifted.get(value, value)
    if isinstance(value, list):
        return [_restored(item, lifted) for item in value]
    if isinstance(value, dict):
        return {lifted.get(name, name): _restored(item, lifted) for name, item in value.items()}
    return value


def _unescaped(text: bytes) -> str:
    if b"\\" in text:
        for escape, meaning in _ESCAPES.items():
            text = text.replace(escape, meaning)
    return text.decode("ascii")
