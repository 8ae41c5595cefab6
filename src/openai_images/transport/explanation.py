"""What a service says about an error, read from any of the shapes met in the wild."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from .. import bounded_json
from .cleaning import clean, is_page, page_title
from .limits import MAX_CODE_CHARACTERS, MAX_ERROR_BYTES, MAX_NESTED_ERRORS

_MESSAGE_KEYS = ("message", "msg", "detail", "error_description", "title", "reason")


@dataclass(frozen=True)
class Explanation:
    """One line each; what the service left out is None.

    Attributes:
        message: why, in the service's words; of an HTML page its title.
        code: the service's code (`insufficient_quota`); where there is none, its type.
        param: the field that is wrong.
        is_page: whether it was an HTML page, so that a gateway rather than the API answered.
    """

    message: str | None = None
    code: str | None = None
    param: str | None = None
    is_page: bool = False


def read_explanation(body: bytes) -> Explanation:
    """Read the body of an error answer; anything at all gives an explanation.

    Shapes: `{"error": {"message", "type", "param", "code"}}`, `{"error": "text"}`,
    `{"detail": "text"}`, `{"detail": [{"loc", "msg"}]}`, an OpenAI error as JSON text inside
    `message`, HTML, plain text, nothing.
    """
    text = body[:MAX_ERROR_BYTES].decode("utf-8", errors="replace").strip("\ufeff \t\r\n")
    if is_page(text):
        return Explanation(message=page_title(text) or None, is_page=True)
    try:
        value = bounded_json.loads(body)
    except ValueError:
        is_text = text.count("\ufffd") * 10 <= len(text)
        return Explanation(message=clean(text) or None if is_text else None)
    return _of_json(value, MAX_NESTED_ERRORS)


def _of_json(value: Any, depth: int) -> Explanation:
    if isinstance(value, str):
        return _of_text(value, depth)
    if isinstance(value, list):
        return _of_list(value, depth)
    if not isinstance(value, dict) or depth < 0:
        return Explanation()
    for key in ("error", "detail", "errors"):
        if value.get(key):
            inner = _of_json(value[key], depth - 1)
            return _with_own(inner, value)
    found = next((value[key] for key in _MESSAGE_KEYS if isinstance(value.get(key), str)), "")
    return _with_own(_of_text(found, depth), value)


def _with_own(inner: Explanation, value: dict[str, Any]) -> Explanation:
    """`inner`, completed by the code and field that stand around it."""
    where = value.get("loc")
    place = ".".join(map(str, where)) if isinstance(where, list) else None
    return Explanation(
        message=inner.message,
        code=inner.code or _word(value.get("code")) or _word(value.get("type")),
        param=inner.param or _word(value.get("param")) or _word(place),
    )


def _of_list(values: list[Any], depth: int) -> Explanation:
    """The first explanation of a list, with its place: validators report one per field."""
    for value in values[:10]:
        inner = _of_json(value, depth - 1)
        if inner.message and inner.param:
            return Explanation(clean(f"{inner.param}: {inner.message}"), inner.code, inner.param)
        if inner.message:
            return inner
    return Explanation()


def _of_text(text: str, depth: int) -> Explanation:
    """A message; where proxies put a whole JSON error into it, what that says."""
    start = text.find("{")
    if start >= 0 and depth > 0:
        try:
            value, _ = json.JSONDecoder().raw_decode(text, start)
        except (ValueError, RecursionError):
            value = None
        inner = _of_json(value, depth - 1)
        if inner.message:
            return inner
    return Explanation(message=clean(text) or None)


def _word(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return clean(str(value), MAX_CODE_CHARACTERS) or None
