"""A key that cannot be shown by accident."""

from __future__ import annotations

import string
from typing import final

from .errors import InvalidCredential

# A shorter text stands in answers and pictures by chance, so it cannot be masked there.
MIN_KEY_CHARACTERS = 8

_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation)


@final
class Secret:
    """An API key, trimmed and checked; only `reveal` gives its text.

    HTTP libraries refuse header values with line breaks or non-ASCII characters in exceptions
    that quote the value, so such a key is refused here, without quoting it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | None, *, name: str) -> None:
        """Check the password of the credential `name`.

        Raises:
            InvalidCredential: it is empty or short, or has characters that no key has.
        """
        trimmed = (text or "").strip()
        if not trimmed:
            raise InvalidCredential(
                f'The credential "{name}" has no password: enter the API key as its password.'
            )
        if not _PRINTABLE.issuperset(trimmed):
            raise InvalidCredential(
                f'The password of the credential "{name}" cannot be an API key: it has spaces, '
                "line breaks or non-ASCII characters inside. Copy the key again."
            )
        if len(trimmed) < MIN_KEY_CHARACTERS:
            raise InvalidCredential(
                f'The password of the credential "{name}" has fewer than {MIN_KEY_CHARACTERS} '
                "characters: that is no API key, and could not be kept out of results. Copy the "
                "key again; a service that asks for no key needs no credential."
            )
        self._text = trimmed

    def reveal(self) -> str:
        """The key itself, for the header that carries it and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret is never pickled: read it from its credential again.")
