"""HTTP errors in every shape they are met in."""

from __future__ import annotations

import base64
import json
from email.utils import formatdate
from urllib.parse import quote

from openai_images.errors import ErrorAnswer

from .fault import KEY, SUCCESS, Delivered, Fault, Refused, answers, in_turn, says
from .server import Peer

NOW_OR_PAST = formatdate(0, usegmt=True)
PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body>%s</body></html>"
LIMIT = says("Rate limit reached", "rate_limit_exceeded")
QUOTA = says("You exceeded your current quota", "insufficient_quota")
SECONDS = {"retry_after": "0"}


def _status(name: str, does: str, status: int, body: object = b"", *, calls: int = 1, **headers):
    gives = Refused(ErrorAnswer, "", billed=status >= 500)
    return Fault(name, does, answers(status, body, **headers), gives, tries=calls)


def _then_success(name: str, does: str, status: int, body: object = b"", **headers) -> Fault:
    serve = in_turn(answers(status, body, **headers), answers(200, SUCCESS))
    return Fault(name, does, serve, Delivered(), tries=2)


def _echo(peer: Peer) -> None:
    """A service that shows the key, as text and in several encodings."""
    headers = peer.read().headers
    forms = [headers["authorization"], quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()]
    body = says(f"Wrong key: {' '.join(forms)}", "invalid_api_key")
    peer.answer(401, body, x_request_id=KEY, x_echo=headers["authorization"])


STATUS_FAULTS = (
    _status("wrong request", "400 with OpenAI's JSON", 400, says("Invalid size", "invalid_size")),
    _status(
        "wrong key", "401 with OpenAI's JSON", 401, says("Incorrect API key", "invalid_api_key")
    ),
    Fault("key echoed", "401 that shows the key in several forms", _echo, Refused(ErrorAnswer, "")),
    _status(
        "organisation not verified",
        "403, the organisation must be verified",
        403,
        says("Your organization must be verified to use the model `gpt-image-1`."),
    ),
    _status("not allowed", "403 with plain text", 403, b"RBAC: access denied"),
    _status("no such call", "404 with FastAPI's JSON", 404, {"detail": "Not Found"}),
    _status(
        "no such model",
        "404 with the code model_not_found",
        404,
        says("The model `dall-e-2` does not exist", "model_not_found"),
    ),
    _status("call not offered", "405 with an empty body", 405),
    _status("too large", "413 with a page of nginx", 413, PAGE % (b"413 Too Large", b"nginx")),
    _status("wrong media type", "415 with a text in error", 415, {"error": "only image/png"}),
    _status(
        "field missing",
        "422 with FastAPI's list of details",
        422,
        {"detail": [{"loc": ["body", "model"], "msg": "Field required", "type": "missing"}]},
    ),
    _status(
        "error nested as text",
        "400 with OpenAI's JSON as text inside a message (LiteLLM)",
        400,
        says("litellm.BadRequestError: " + json.dumps(says("Too many images", "n_too_large"))),
    ),
    _then_success("timeout told", "408, then success", 408),
    _then_success("conflict", "409, then success", 409),
    _then_success("throttled once", "429 with retry-after, then success", 429, LIMIT, **SECONDS),
    _then_success(
        "throttled for milliseconds",
        "429 with retry-after-ms, then success",
        429,
        LIMIT,
        retry_after_ms="20",
        retry_after="3600",
    ),
    _then_success(
        "throttled until a date",
        "429 with retry-after as a date, then success",
        429,
        LIMIT,
        retry_after=NOW_OR_PAST,
    ),
    _status("throttled for ever", "429 again and again", 429, LIMIT, calls=3, **SECONDS),
    _status("throttled for an hour", "429 with retry-after: 3600", 429, LIMIT, retry_after="3600"),
    _status(
        "throttled without return",
        "429 with x-should-retry: false",
        429,
        LIMIT,
        x_should_retry="false",
    ),
    _status("quota used up", "429 with insufficient_quota", 429, QUOTA, **SECONDS),
    _status(
        "quota used up, repeats suggested",
        "429 with insufficient_quota and x-should-retry: true",
        429,
        QUOTA,
        x_should_retry="true",
    ),
    _status("server error", "500 with OpenAI's JSON", 500, says("The server had an error")),
    _then_success(
        "server error, repeat suggested",
        "500 with x-should-retry: true, then success",
        500,
        x_should_retry="true",
    ),
    Fault(
        "server error, repeats allowed",
        "500, then success; the user allowed double billing",
        in_turn(answers(500), answers(200, SUCCESS)),
        Delivered(),
        tries=2,
        retry={"may_bill_twice": True},
    ),
    _status("not implemented", "501", 501),
    _status("bad gateway", "502 with an empty body", 502),
    _then_success("overloaded for a moment", "503 with retry-after, then success", 503, **SECONDS),
    _status("overloaded", "503 without retry-after", 503, b"overloaded"),
    _status(
        "gateway gave up",
        "504 with a page that has scripts and tags in its title",
        504,
        PAGE % (b"504 <b>Gateway</b> Time-out &amp; more", b"<script>alert(1)</script>"),
    ),
    _status("error of bytes", "500 with bytes that are no text", 500, bytes(range(256))),
    _status(
        "error that forges",
        "400 with line breaks, escapes, direction marks and half a surrogate pair",
        400,
        b'{"error": {"message": "one\\nERROR two\\u001b[31m\\u202e three\\ud800"}}',
    ),
    _status("error without end", "400 with 200,000 letters", 400, says("long " * 40_000)),
    _status("error of a hundred floors", "400, JSON nested deeply", 400, b"[" * 60_000),
)
