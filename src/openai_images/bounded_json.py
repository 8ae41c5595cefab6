"""JSON from outside, read in bounded memory.

Python's values take up to forty times the bytes of their JSON, and a single rare character
makes a whole text take four bytes a letter. Answers of the images call may be large, but only
for their base64 texts: these are lifted out first, and what remains must be small.
"""

from __future__ import annotations

import json
import math
import re
import secrets
from typing import Any

__all__ = ["loads"]

# Ten revised prompts of 32,000 characters, each of them escaped as \uXXXX.
MAX_REMAINDER_BYTES = 2 * 1024 * 1024
# Up to that size nothing has to be lifted out, which takes four times as long as reading.
LIFTED_FROM_BYTES = MAX_REMAINDER_BYTES

_MAX_DIGITS = 1000

# Base64 in either alphabet, with the escapes \/ \n \r in it, up to the end of a string.
_LONG_BASE64 = re.compile(rb'(?<=[",])[A-Za-z0-9+/=_\\-]{4096,}(?<!\\)(?=")')


def loads(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; bytes that are not become the replacement character.

    It can be written as JSON again: NaN, infinities and what is read as such become None.

    Raises:
        ValueError: it is not JSON, nested too deeply, or too large without its base64 texts.
    """
    if len(body) <= LIFTED_FROM_BYTES:
        return _parsed(body)
    lifted: list[bytes] = []
    token = secrets.token_hex(16)

    def lift(match: re.Match[bytes]) -> bytes:
        lifted.append(match.group())
        return f"{token}-{len(lifted) - 1}.".encode()

    remainder = _LONG_BASE64.sub(lift, body)
    if len(remainder) > MAX_REMAINDER_BYTES:
        raise ValueError("too large without its base64 texts")
    return _restored(_parsed(remainder), re.compile(rf"{token}-([0-9]+)\."), lifted)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_constant=lambda name: None,
            parse_float=_finite,
            parse_int=_integer,
        )
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _integer(text: str) -> int | float | None:
    # Python reads no more digits, for their number is squared in time.
    return int(text) if len(text) <= _MAX_DIGITS else _finite(text)


def _restored(value: Any, place: re.Pattern[str], lifted: list[bytes]) -> Any:
    """`value` with the lifted texts in their places again."""
    if not lifted:
        return value
    if isinstance(value, str):
        return _whole(value, place, lifted)
    if isinstance(value, list):
        return [_restored(item, place, lifted) for item in value]
    if isinstance(value, dict):
        return {
            _whole(name, place, lifted): _restored(item, place, lifted)
            for name, item in value.items()
        }
    return value


def _whole(text: str, place: re.Pattern[str], lifted: list[bytes]) -> str:
    alone = place.fullmatch(text)
    if alone:
        return _unescaped(lifted[int(alone[1])])
    return place.sub(lambda match: _unescaped(lifted[int(match[1])]), text)


def _unescaped(text: bytes) -> str:
    if b"\\" in text:
        for escape, meaning in ((b"\\/", b"/"), (b"\\n", b"\n"), (b"\\r", b"\r")):
            text = text.replace(escape, meaning)
        if b"\\" in text:
            raise ValueError("a base64 text with other escapes than those of / and line breaks")
    return text.decode("ascii")
