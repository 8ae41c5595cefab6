"""The two form fields that only the embedded engine has: `strength` and `seed`."""

from __future__ import annotations

import secrets

from ..errors import InvalidRequest

__all__ = ["MAX_SEED", "fresh_seed", "read_seed", "read_strength"]

MAX_SEED = 2**63 - 1
_FRESH_SEED_BITS = 32  # JavaScript and spreadsheets keep such a number exactly


def read_strength(text: str) -> float:
    """How far a variation may go, 0 to 1, from the text of the form field.

    Raises:
        InvalidRequest: it is not a number, or outside 0 to 1.
    """
    try:
        strength = float(text)
    except ValueError:
        raise InvalidRequest(
            f'strength is "{_short(text)}", not a number: give one from 0 to 1, such as 0.5.'
        ) from None
    if not 0 <= strength <= 1:
        raise InvalidRequest(f"strength is {strength:g}; it must be 0 to 1.")
    return strength


def read_seed(text: str) -> int:
    """The seed of a call, 0 to `MAX_SEED`, from the text of the form field.

    Raises:
        InvalidRequest: it is not a whole number in that range.
    """
    digits = text.strip()
    # The length comes first: Python refuses to read thousands of digits with an error of its own.
    if digits.isascii() and digits.isdigit() and len(digits) <= 100 and int(digits) <= MAX_SEED:
        return int(digits)
    raise InvalidRequest(
        f'seed is "{_short(text)}"; it must be a whole number from 0 to {MAX_SEED}.'
    )


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbits(_FRESH_SEED_BITS)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"
