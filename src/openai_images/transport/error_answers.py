"""An HTTP error read in any of the shapes met in the wild, and told with what to do about it."""

from __future__ import annotations

import html
import json
import re
import time
from dataclasses import dataclass
from typing import Any

from .. import bounded_json
from ..connection import CREDENTIAL_PORT, Connection, Route
from ..errors import ErrorAnswer
from ..response import ApiResponse
from ..text import one_line, shown_url
from .limits import MAX_CODE_CHARACTERS, MAX_ERROR_BYTES, MAX_NESTED_ERRORS
from .retry import NEVER_SUPPORTED, QUOTA_CODES, asked_wait, may_be_billed

__all__ = ["Explanation", "error_answer", "read_explanation"]

_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
_MODEL_CODES = frozenset({"model_not_found", "model_not_available", "invalid_model"})
_NO_VARIATIONS_CALL = "This service has no such call; choose the edits call, or check the base URL."
_NO_EDITS_CALL = (
    "This service has no edits call at this address: check the base URL, or choose the variations "
    "call."
)
_MESSAGE_KEYS = ("message", "msg", "detail", "error_description", "title", "reason")
_TITLE = re.compile(r"<title[^>]{0,200}>(.{1,300}?)</title", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"<h1[^>]{0,200}>(.{1,300}?)</h1", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,300}>")
_PAGE = re.compile(r"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S)


def error_answer(response: ApiResponse, connection: Connection) -> ErrorAnswer:
    """The error that `response` stands for.

    Args:
        response: any answer but a success; or a success that holds an error.
        connection: where it came from; the advice names its credential and options.
    """
    said = read_explanation(response.body)
    told = "" if said.is_page else f" ({said.code})" if said.code else ""
    name = _NAMES.get(response.status, "")
    headline = f"HTTP {response.status} {name}".rstrip() + told
    is_new = said.message and said.message.lower() != name.lower()
    sentences = [f"{headline}: {said.message}".rstrip(".") + "." if is_new else f"{headline}."]
    if said.is_page:
        sentences.append("A web page came, so a gateway or another server answered, not the API.")
    sentences.append(_advice(response, connection, said))
    if response.request_id:
        sentences.append(f"Request id: {one_line(response.request_id, 100)}.")
    return ErrorAnswer(
        " ".join(sentence for sentence in sentences if sentence),
        status=response.status,
        code=said.code,
        param=said.param,
        request_id=response.request_id,
        may_be_billed=may_be_billed(response.status),
    )


def _advice(response: ApiResponse, connection: Connection, said: Explanation) -> str:
    status = response.status
    if 300 <= status < 400:
        return _on_redirect(response)
    if status == 401:
        return _on_unauthorized(connection)
    if status == 403:
        return _on_forbidden(said)
    if status in (404, 405, 410):
        return _on_not_found(connection, said)
    if status == 429:
        return _on_too_many(response, connection, said)
    if status >= 500:
        return _on_server_error(response, connection, said)
    return {
        407: "Put the user name and password of the proxy into the proxy settings.",
        408: "The service or a gateway gave up waiting; try again later.",
        409: "Another call was in the way; try again.",
        413: "The picture is too large for this service or the gateway in front of it; "
        "make it smaller, or let it be prepared.",
        415: "The service does not take this kind of picture; let it be prepared, which makes a "
        "PNG.",
    }.get(status, "" if status < 400 else "Check the option that it names.")


def _on_redirect(response: ApiResponse) -> str:
    target = response.headers.get("location", "")
    where = f" to {shown_url(target)}" if target else ""
    return (
        f"The service redirects{where}, and calls with a key and a picture never follow: "
        "enter the address that it means as the base URL."
    )


def _on_unauthorized(connection: Connection) -> str:
    if not connection.credential:
        return "The service wants an API key: choose a credential."
    if connection.credential == CREDENTIAL_PORT:
        return (
            "The service does not accept the token of the credential port: check that the login "
            "is one for this service, with its scope."
        )
    return (
        f'The service does not accept the key in the credential "{connection.credential}": '
        "check its password, and that it belongs to this service."
    )


def _on_forbidden(said: Explanation) -> str:
    if "verif" in f"{said.message} {said.code}".lower():
        return (
            "The organisation of this key is not verified for this model: verify it in the "
            "settings of your account, or choose another model."
        )
    return (
        "The key may not do this: check its permissions, the organisation and project, and whether "
        "the service is offered in your country."
    )


def _on_not_found(connection: Connection, said: Explanation) -> str:
    if said.code in _MODEL_CODES or (said.param == "model"):
        return "The service has no such model, or not for this key: choose another model."
    return _NO_VARIATIONS_CALL if connection.call is Route.VARIATIONS else _NO_EDITS_CALL


def _on_too_many(response: ApiResponse, connection: Connection, said: Explanation) -> str:
    if said.code in QUOTA_CODES:
        return (
            "The quota of this account is used up; waiting does not help: check its plan, "
            "credit and spending limit."
        )
    asked, longest = asked_wait(response.headers, time.time()), connection.retry.max_wait
    wait = f"The service asks to wait {asked:.0f} s. " if asked else ""
    if asked and asked > longest:
        wait = f"The service asks to wait {asked:.0f} s, longer than the {longest:g} s allowed. "
    return (
        f"{wait}Calls come too fast: lower the requests per minute, or allow more attempts and "
        "longer waits."
    )


def _on_server_error(response: ApiResponse, connection: Connection, said: Explanation) -> str:
    if response.status in NEVER_SUPPORTED:
        return _on_not_found(connection, said)
    return (
        "The service or a gateway failed; the call may have been charged all the same. "
        "Try again later; such calls can be allowed to be repeated."
    )


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
        return Explanation(message=one_line(text) or None if is_text else None)
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
            return Explanation(one_line(f"{inner.param}: {inner.message}"), inner.code, inner.param)
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
    return Explanation(message=one_line(text) or None)


def _word(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return one_line(str(value), MAX_CODE_CHARACTERS) or None


def is_page(text: str) -> bool:
    """Whether `text` starts like an HTML page."""
    return _PAGE.match(text) is not None


def page_title(text: str) -> str:
    """The title of an HTML page, or its first heading, or nothing."""
    found = _TITLE.search(text) or _HEADING.search(text)
    return one_line(html.unescape(_TAG.sub(" ", found.group(1)))) if found else ""
