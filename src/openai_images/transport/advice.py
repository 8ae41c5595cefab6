"""One exception for any HTTP error: what happened, in whose words, and what to do."""

from __future__ import annotations

import time

from ..connection import Connection, Route
from ..errors import ErrorAnswer
from ..response import ApiResponse
from .cleaning import clean, shown_url
from .explanation import Explanation, read_explanation
from .retry import NEVER_SUPPORTED, QUOTA_CODES, asked_wait

__all__ = ["error_answer"]

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
_NO_VARIATIONS_CALL = (
    "This service has no such call; choose the edits call in the connector (Make Variations With), "
    "or check the base URL."
)
_NO_EDITS_CALL = (
    "This service has no edits call at this address: check the base URL in the connector, or "
    "choose the variations call (Make Variations With)."
)


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
        sentences.append(f"Request id: {clean(response.request_id, 100)}.")
    return ErrorAnswer(
        " ".join(sentence for sentence in sentences if sentence),
        status=response.status,
        code=said.code,
        param=said.param,
        request_id=response.request_id,
        may_be_billed=response.status >= 500 and response.status not in NEVER_SUPPORTED,
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
        "make it smaller, or set Prepare Image to Crop or Pad.",
        415: "The service does not take this kind of picture; set Prepare Image to Crop or Pad, "
        "which makes a PNG.",
    }.get(status, "" if status < 400 else "Check the options of the node that it names.")


def _on_redirect(response: ApiResponse) -> str:
    target = response.headers.get("location", "")
    where = f" to {shown_url(target)}" if target else ""
    return (
        f"The service redirects{where}, and calls with a key and a picture never follow: "
        "enter the address that it means as the base URL."
    )


def _on_unauthorized(connection: Connection) -> str:
    if not connection.credential:
        return "The service wants an API key: choose a credential in the connector."
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
        "The key may not do this: check its permissions, the organisation and project in the "
        "connector, and whether the service is offered in your country."
    )


def _on_not_found(connection: Connection, said: Explanation) -> str:
    if said.code in _MODEL_CODES or (said.param == "model"):
        return "The service has no such model, or not for this key: choose another model."
    return _NO_VARIATIONS_CALL if connection.route is Route.VARIATIONS else _NO_EDITS_CALL


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
        f"{wait}Calls come too fast: lower the requests per minute in the connector, "
        "or allow more attempts and longer waits."
    )


def _on_server_error(response: ApiResponse, connection: Connection, said: Explanation) -> str:
    if response.status in NEVER_SUPPORTED:
        return _on_not_found(connection, said)
    return (
        "The service or a gateway failed; the call may have been charged all the same. "
        "Try again later; the connector can allow such calls to be repeated."
    )
