"""Takes the key out of what a service sent, in every spelling that decoding can undo.

A service may echo the key, and answers become messages, tables, views and logs, some of them
after decoding. So an answer is masked before anybody reads it, and judged by what decoding would
make of it: escapes of JSON and programs, percent-encoding, HTML, base64 and hexadecimal digits,
and any nesting of those. An error that holds the key with anything between its letters, such as
line breaks, is masked as a whole.
"""

from __future__ import annotations

import base64
import binascii
import html
import html.entities
import re
from collections.abc import Iterator

from ..response import ApiResponse
from ..secret import Secret
from .limits import MAX_ERROR_BYTES

_MASK = b"[key]"
_HEX = rb"[0-7][0-9A-Fa-f]"
# Any number of backslashes, which nested JSON doubles, before a code or a character.
_BACKSLASHED = re.compile(
    rb"\\+(?:u+00(%(h)s)|u\{0*(%(h)s)\}|U000000(%(h)s)|x(%(h)s)|([01][0-7]{2})|([!-/:-@\[-`{-~]))"
    % {b"h": _HEX}
)
_PERCENT = re.compile(rb"%%(?:25)*(?:[uU]00)?(%s)" % _HEX)
_ENTITY = re.compile(rb"&(?:amp;)*(#0*[0-9]{1,3};?|#[xX]0*[0-9A-Fa-f]{1,2};?|[A-Za-z]{2,24};)")
# Quoted-printable, in mails.
_QUOTED = re.compile(rb"=(%s)" % _HEX)
# Escaped line breaks, NULs, and what stands before hexadecimal digits.
_BETWEEN = re.compile(rb"(?<!\\)\\+(?:[nrtbfv]|u0000)|0[xX]")
_OTHERS = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalnum())
# Letters and digits of a key that no other text has by chance, whatever stands between them.
_LEAST_BARE = 16
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
# Escapes within escapes; an answer that goes further means to hide something.
_MOST_LAYERS = 8
# More than stand in any answer that is read (`bounded_json`), and undone within seconds.
_MOST_ESCAPES = 1_000_000


class Mask:
    """Replaces the key by `[key]`; without a key it changes nothing."""

    def __init__(self, secret: Secret | None) -> None:
        key = secret.reveal().encode() if secret is not None else b""
        self._forms = _written_forms(key) if key else []
        # What is left of a key that looks like an escape itself.
        self._needles = {*self._forms, *(_decoded(form) for form in self._forms)}
        bare = {bare for form in self._forms for bare in _bare(form)}
        self._bare = {letters for letters in bare if len(letters) >= _LEAST_BARE}
        self._spelled = _spelled(key) if key else None

    def __call__(self, response: ApiResponse) -> ApiResponse:
        """The answer without the key."""
        if not self._forms:
            return response
        return ApiResponse(
            response.status, self.headers(response).headers, self._masked(response.body)
        )

    def headers(self, response: ApiResponse) -> ApiResponse:
        """The answer without the key in its headers, for a body that is only read as a picture."""
        headers = {name: self.text(value) for name, value in response.headers.items()}
        return ApiResponse(response.status, headers, response.body)

    def text(self, text: str) -> str:
        """`text` without the key."""
        return self._masked(text.encode(errors="replace")).decode() if self._forms else text

    def _masked(self, data: bytes) -> bytes:
        if len(data) > _MOST_ESCAPES and _has_escapes(data) and _escapes(data) > _MOST_ESCAPES:
            return _MASK
        for form in self._forms:
            if form in data:
                # With what is left of its last letters in base64.
                data = re.sub(re.escape(form) + rb"(?:[A-Za-z0-9+/_-]{0,2}={1,2})?", _MASK, data)
        if self._spelled is not None and self._is_inside(data):
            data = self._spelled.sub(_MASK, data)
            if len(data) <= MAX_ERROR_BYTES:
                data = _BASE64.sub(self._masked_base64, data)
            if self._is_inside(data):
                return _MASK
        return data

    def _masked_base64(self, token: re.Match[bytes]) -> bytes:
        return _MASK if any(map(self._is_inside, _of_base64(token[0]))) else token[0]

    def _is_inside(self, data: bytes, depth: int = 2) -> bool:
        """Whether decoding `data` would give the key."""
        layers = 0
        for plainer in _layers(data):
            if any(needle in plainer for needle in self._needles):
                return True
            if len(plainer) <= MAX_ERROR_BYTES and self._is_scattered(plainer):
                return True
            if depth and len(plainer) <= MAX_ERROR_BYTES:
                tokens = (token[0] for token in _BASE64.finditer(plainer))
                inner = (content for token in tokens for content in _of_base64(token))
                if any(self._is_inside(content, depth - 1) for content in inner):
                    return True
            layers += 1
        return layers > _MOST_LAYERS

    def _is_scattered(self, data: bytes) -> bool:
        """Whether `data` has the key with line breaks, blanks or signs between its letters."""
        return any(letters in bare for bare in _bare(data) for letters in self._bare)


def _has_escapes(data: bytes) -> bool:
    """Whether there is anything to count: looking for a byte takes a fraction of counting it."""
    return any(sign in data for sign in (b"\\", b"%", b"&"))


def _escapes(data: bytes) -> int:
    """About how many escapes a text has, without those that stand in base64 in JSON."""
    usual = sum(map(data.count, (b"\\/", b"\\n", b"\\r")))
    return sum(map(data.count, (b"\\", b"%", b"&"))) - usual


def _bare(data: bytes) -> set[bytes]:
    """The letters and digits of a text alone, as it is and as quoted-printable."""
    texts = {data, _QUOTED.sub(lambda found: bytes.fromhex(found[1].decode()), data)}
    return {_BETWEEN.sub(b"", text).translate(None, _OTHERS) for text in texts}


def _layers(data: bytes) -> Iterator[bytes]:
    """A text, and what undoing its escapes again and again makes of it.

    A text too long for an error is not given itself: its own forms are looked for already.
    """
    if len(data) <= MAX_ERROR_BYTES:
        yield data
    for _ in range(_MOST_LAYERS):
        plainer = _decoded(data)
        if plainer == data:
            return
        yield plainer
        data = plainer
    yield data


def _decoded(data: bytes) -> bytes:
    """`data` with the escapes of ASCII characters undone, once."""
    if b"\\" in data:
        # Quick, for pictures: some servers write each slash of base64 so.
        data = data.replace(b"\\/", b"/")
        data = _BACKSLASHED.sub(_of_backslashed, data)
    if b"%" in data:
        data = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), data)
    if b"&" in data:
        data = _ENTITY.sub(_of_entity, data)
    return data


def _of_backslashed(found: re.Match[bytes]) -> bytes:
    code = found[1] or found[2] or found[3] or found[4]
    if found[5]:
        return bytes([int(found[5], 8)])
    return bytes.fromhex(code.decode()) if code else found[6]


def _of_entity(found: re.Match[bytes]) -> bytes:
    text = html.unescape(f"&{found[1].decode()}")
    return text.encode() if len(text) == 1 and text.isascii() else found[0]


def _of_base64(token: bytes) -> Iterator[bytes]:
    """What a token may stand for, whichever of its letters is the first that counts."""
    letters = token.translate(bytes.maketrans(b"-_", b"+/"))
    for start in range(min(4, len(letters))):
        rest = letters[start:]
        try:
            yield base64.b64decode(rest[: len(rest) - len(rest) % 4])
        except binascii.Error:
            continue


def _written_forms(key: bytes) -> list[bytes]:
    """The key as it is, as hexadecimal digits, and as base64 wherever in a text it stands."""
    digits = key.hex().encode()
    forms = {key, digits, digits.upper()}
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + key)
        # The letters that depend on the key alone.
        core = letters[-(-before * 8 // 6) : (before + len(key)) * 8 // 6]
        forms |= {core, core.translate(bytes.maketrans(b"+/", b"-_"))}
    return sorted(forms, key=len, reverse=True)


def _spelled(key: bytes) -> re.Pattern[bytes]:
    """Finds the key whichever of its characters are escaped, and how often."""
    return re.compile(b"".join(map(_any_spelling, key)))


def _any_spelling(code: int) -> bytes:
    character = re.escape(bytes([code]))
    digits = b"(?i:%02x)" % code
    names = b"".join(b"|%s" % name for name in _ENTITY_NAMES.get(code, ()))
    backslash = rb"(?:\\|%(?:25)*5[cC]|&(?:amp;)*#0*92;|&(?:amp;)*#[xX]0*5[cC];)+"
    ampersand = rb"&(?:amp;)*"
    return b"(?:%s)" % b"|".join(
        (
            character,
            backslash
            + rb"(?:u+00%(d)s|u\{0*%(d)s\}|U000000%(d)s|x%(d)s|%(o)s|%(c)s)"
            % {b"d": digits, b"o": b"%03o" % code, b"c": character},
            rb"%%(?:25)*(?:[uU]00)?%s" % digits,
            ampersand + rb"(?:#0*%d;?|#[xX]0*%s;?%s)" % (code, digits, names),
        )
    )


def _entity_names() -> dict[int, list[bytes]]:
    names: dict[int, list[bytes]] = {}
    for name, text in html.entities.html5.items():
        if len(text) == 1 and text.isascii() and name.endswith(";"):
            names.setdefault(ord(text), []).append(name.encode())
    return names


_ENTITY_NAMES = _entity_names()
