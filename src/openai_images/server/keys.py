"""API keys: read from a file or the environment, kept as digests, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import InvalidCredential

__all__ = ["KEYS_VARIABLE", "KeyRing", "read_keys"]

KEYS_VARIABLE = "OPENAI_IMAGES_API_KEYS"
MIN_KEY_LENGTH = 16
_KEY = re.compile(r"[!-~]+")


class KeyRing:
    """The keys that open the server; only their SHA-256 digests are kept."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def opens(self, presented: str) -> bool:
        """Whether `presented` is one of the keys; takes as long whichever it is."""
        digest = _digest(presented)
        matches = [hmac.compare_digest(digest, known) for known in self._digests]
        return any(matches)

    def __repr__(self) -> str:
        return f"KeyRing({len(self._digests)} keys)"


def read_keys(file: Path | None, environment: Mapping[str, str]) -> KeyRing:
    """The keys of `file` (one a line, # for comments) and of `OPENAI_IMAGES_API_KEYS`.

    The variable holds keys with commas or white space between them.

    Raises:
        InvalidCredential: the file cannot be read or has no key, or a key cannot be one. No
            message quotes a key.
    """
    keys = []
    for number, key in enumerate(re.split(r"[,\s]+", environment.get(KEYS_VARIABLE, "")), 1):
        if key:
            keys.append(_checked(key, f"Key {number} of {KEYS_VARIABLE}"))
    if file is not None:
        keys += _keys_of(file)
    return KeyRing(keys)


def _keys_of(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise InvalidCredential(f'The key file "{file}" is not UTF-8 text.') from None
    except OSError as error:
        raise InvalidCredential(
            f'The key file "{file}" cannot be read: {error.strerror}.'
        ) from None
    numbered = [(number, line.strip()) for number, line in enumerate(lines, 1)]
    keys = [
        _checked(line, f'Line {number} of the key file "{file}"')
        for number, line in numbered
        if line and not line.startswith("#")
    ]
    if not keys:
        raise InvalidCredential(f'The key file "{file}" has no key: write one on each line.')
    return keys


def _checked(key: str, where: str) -> str:
    if not _KEY.fullmatch(key):
        raise InvalidCredential(
            f"{where} cannot be an API key: use printable ASCII characters without spaces."
        )
    if len(key) < MIN_KEY_LENGTH:
        raise InvalidCredential(
            f"{where} is too easy to guess: a key has at least {MIN_KEY_LENGTH} characters."
        )
    return key


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", errors="surrogateescape")).digest()
