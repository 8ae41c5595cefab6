"""A key, or a token, that cannot be shown by accident."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import final

from .errors import InvalidCredential

# A shorter text stands in answers and pictures by chance, so it cannot be masked there.
MIN_KEY_CHARACTERS = 8

_PRINTABLE = frozenset(string.ascii_letters + string.digits + string.punctuation)


@final
class Secret:
    """An API key or a token, trimmed and checked; only `reveal` gives its text.

    HTTP libraries refuse header values with line breaks or non-ASCII characters in exceptions
    that quote the value, so such a key is refused here, without quoting it.
    """

    __slots__ = ("_ask", "_text")

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
        self._ask: Callable[[], str] | None = None

    @classmethod
    def of_token(cls, ask: Callable[[], str]) -> Secret:
        """An OAuth token, which ends after a while.

        Args:
            ask: gives the token that is valid now.

        Raises:
            InvalidCredential: what it gives is no token; or `ask` says so.
        """
        trimmed = ask().strip()
        if len(trimmed) < MIN_KEY_CHARACTERS or not _PRINTABLE.issuperset(trimmed):
            raise InvalidCredential(
                "What comes by the credential port is no token of at least "
                f"{MIN_KEY_CHARACTERS} characters without blanks: run the node that gives it again."
            )
        secret = cls(trimmed, name="")
        secret._ask = ask
        return secret

    @property
    def is_token(self) -> bool:
        """Whether it is a token, which Azure takes in another header than a key."""
        return self._ask is not None

    def renewed(self) -> Secret:
        """The secret as it is now; the same object while it is the same.

        Raises:
            InvalidCredential: a token that is valid now cannot be had.
        """
        if self._ask is None:
            return self
        now = Secret.of_token(self._ask)
        return self if now._text == self._text else now

    def reveal(self) -> str:
        """Its text, for the header that carries it and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret is never pickled: read it from its credential again.")
