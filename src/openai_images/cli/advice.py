"""What to do about an error, in the command line's own words."""

from __future__ import annotations

from ..errors import BadAnswer, ErrorAnswer, ImagesError, InvalidCredential, UnknownOutcome

__all__ = ["advice"]

_CALL = "--edits or --variations chooses the call, --base-url the address."
_KEY = "--key-variable names the environment variable that holds the key."
_PREPARE = "--prepare automatic makes a small square PNG file."
_RETRIES = "Limits and retries stand in the file of --connection."
_BY_STATUS = {
    401: _KEY,
    404: _CALL,
    405: _CALL,
    410: _CALL,
    413: _PREPARE,
    415: _PREPARE,
    429: _RETRIES,
    501: _CALL,
}


def advice(error: ImagesError) -> str:
    """The options that help, as a sentence; empty where none does."""
    if isinstance(error, ErrorAnswer):
        return _BY_STATUS.get(error.status, "")
    if isinstance(error, UnknownOutcome):
        return "--may-bill-twice repeats it."
    if isinstance(error, BadAnswer):
        return _CALL
    if isinstance(error, InvalidCredential):
        return _KEY
    return ""
