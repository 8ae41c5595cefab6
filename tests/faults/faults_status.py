"""HTTP errors in every shape they are met in."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import quote

from openai_images.errors import ErrorAnswer

from .fault import KEY, SUCCESS, Delivered, Fault, Refused, answers, in_turn, says
from .server import Peer, Serve

NOW_OR_PAST = formatdate(0, usegmt=True)
PAGE = b"<!DOCTYPE html><html><head><title>%s</title></head><body>%s</body></html>"
LIMIT = says("Rate limit reached", "rate_limit_exceeded")
QUOTA = says("You exceeded your current quota", "insufficient_quota")
SECONDS = {"retry_after": "0"}


def _status(
    name: str, does: str, says: str, status: int, body: object = b"", *, calls: int = 1, **headers
) -> Fault:
    gives = Refused(ErrorAnswer, says, billed=status >= 500 and status != 501)
    return Fault(name, does, answers(status, body, **headers), gives, tries=calls)


def _then_success(name: str, does: str, status: int, body: object = b"", **headers) -> Fault:
    serve = in_turn(answers(status, body, **headers), answers(200, SUCCESS))
    return Fault(name, does, serve, Delivered(), tries=2)


def _spell(spell: Callable[[str], str], *, status: int = 401) -> Serve:
    """A service that shows the key with each of its characters, or some of them, escaped."""

    def serve(peer: Peer) -> None:
        peer.read()
        text = json.dumps({"error": {"message": "Wrong key: KEY", "code": "invalid_api_key"}})
        peer.answer(status, text.replace("KEY", "".join(map(spell, KEY))).encode())

    return serve


def _spelled(name: str, does: str, spell: Callable[[str], str]) -> Fault:
    return Fault(name, does, _spell(spell), Refused(ErrorAnswer, _MASKED))


_MASKED = (
    "HTTP 401 Unauthorized (invalid_api_key): Wrong key: [key]. The service does not accept the "
    'key in the credential "my key": check its password, and that it belongs to this service.'
)


def _echo(peer: Peer) -> None:
    """A service that shows the key, as text and in several encodings."""
    headers = peer.read().headers
    forms = [headers["authorization"], quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode()]
    body = says(f"Wrong key: {' '.join(forms)}", "invalid_api_key")
    peer.answer(401, body, x_request_id=KEY, x_echo=headers["authorization"])


LEFT_NOTHING = {"x_ratelimit_remaining_requests": "0", "x_ratelimit_reset_requests": "9s"}

STATUS_FAULTS = (
    _status(
        "wrong request",
        "400 with OpenAI's JSON",
        "HTTP 400 Bad Request (invalid_size): Invalid size. Check the option that it names.",
        400,
        says("Invalid size", "invalid_size"),
    ),
    _status(
        "wrong key",
        "401 with OpenAI's JSON",
        "HTTP 401 Unauthorized (invalid_api_key): Incorrect API key. The service does not"
        ' accept the key in the credential "my key": check its password, and that it '
        "belongs to this service.",
        401,
        says("Incorrect API key", "invalid_api_key"),
    ),
    Fault(
        "key echoed",
        "401 that shows the key in several forms",
        _echo,
        Refused(
            ErrorAnswer,
            "HTTP 401 Unauthorized (invalid_api_key): Wrong key: Bearer [key] [key] [key]. "
            'The service does not accept the key in the credential "my key": check its '
            "password, and that it belongs to this service. Request id: [key].",
        ),
    ),
    _spelled(
        "key echoed as JSON escapes",
        "401 that shows the key in JSON's escapes",
        lambda c: f"\\u{ord(c):04x}",
    ),
    _spelled(
        "key echoed with slashes escaped",
        "401 that shows the key with its signs escaped",
        lambda c: {"/": "\\/", "+": "\\u002B"}.get(c, c),
    ),
    _spelled(
        "key echoed as HTML",
        "401 that shows the key in HTML's entities",
        lambda c: {"/": "&#47;", "+": "&plus;", "=": "&#x3D;"}.get(c, c),
    ),
    _spelled(
        "key echoed with percents",
        "401 that shows the key percent-encoded twice",
        lambda c: f"%25{ord(c):02x}",
    ),
    _status(
        "organisation not verified",
        "403, the organisation must be verified",
        "HTTP 403 Forbidden: Your organization must be verified to use the model "
        "`gpt-image-1`. The organisation of this key is not verified for this model: "
        "verify it in the settings of your account, or choose another model.",
        403,
        says("Your organization must be verified to use the model `gpt-image-1`."),
    ),
    _status(
        "not allowed",
        "403 with plain text",
        "HTTP 403 Forbidden: RBAC: access denied. The key may not do this: check its "
        "permissions, the organisation and project, and whether the "
        "service is offered in your country.",
        403,
        b"RBAC: access denied",
    ),
    _status(
        "no such call",
        "404 with FastAPI's JSON",
        "HTTP 404 Not Found. This service has no such call; choose the edits call, or check the "
        "base URL.",
        404,
        {"detail": "Not Found"},
    ),
    _status(
        "no such model",
        "404 with the code model_not_found",
        "HTTP 404 Not Found (model_not_found): The model `dall-e-2` does not exist. The "
        "service has no such model, or not for this key: choose another model.",
        404,
        says("The model `dall-e-2` does not exist", "model_not_found"),
    ),
    _status(
        "call not offered",
        "405 with an empty body",
        "HTTP 405 Method Not Allowed. This service has no such call; choose the edits call, or "
        "check the base URL.",
        405,
    ),
    _status(
        "too large",
        "413 with a page of nginx",
        "HTTP 413 Content Too Large: 413 Too Large. A web page came, so a gateway or "
        "another server answered, not the API. The picture is too large for this service "
        "or the gateway in front of it; make it smaller, or let it be prepared.",
        413,
        PAGE % (b"413 Too Large", b"nginx"),
    ),
    _status(
        "wrong media type",
        "415 with a text in error",
        "HTTP 415 Unsupported Media Type: only image/png. The service does not take this "
        "kind of picture; let it be prepared, which makes a PNG.",
        415,
        {"error": "only image/png"},
    ),
    _status(
        "field missing",
        "422 with FastAPI's list of details",
        "HTTP 422 Unprocessable Content (missing): body.model: Field required. Check the option "
        "that it names.",
        422,
        {"detail": [{"loc": ["body", "model"], "msg": "Field required", "type": "missing"}]},
    ),
    _status(
        "error nested as text",
        "400 with OpenAI's JSON as text inside a message (LiteLLM)",
        "HTTP 400 Bad Request (n_too_large): Too many images. Check the option that it names.",
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
    _status(
        "throttled for ever",
        "429 again and again",
        "HTTP 429 Too Many Requests (rate_limit_exceeded): Rate limit reached. Calls come"
        " too fast: lower the requests per minute, or allow more "
        "attempts and longer waits.",
        429,
        LIMIT,
        calls=3,
        **SECONDS,
    ),
    _status(
        "throttled for an hour",
        "429 with retry-after: 3600",
        "HTTP 429 Too Many Requests (rate_limit_exceeded): Rate limit reached. The "
        "service asks to wait 3600 s, longer than the 5 s allowed. Calls come too fast: lower the "
        "requests per minute, or allow more attempts and longer waits.",
        429,
        LIMIT,
        retry_after="3600",
    ),
    _status(
        "throttled without return",
        "429 with x-should-retry: false",
        "HTTP 429 Too Many Requests (rate_limit_exceeded): Rate limit reached. Calls come"
        " too fast: lower the requests per minute, or allow more "
        "attempts and longer waits.",
        429,
        LIMIT,
        x_should_retry="false",
    ),
    _status(
        "quota used up",
        "429 with insufficient_quota",
        "HTTP 429 Too Many Requests (insufficient_quota): You exceeded your current "
        "quota. The quota of this account is used up; waiting does not help: check its "
        "plan, credit and spending limit.",
        429,
        QUOTA,
        **SECONDS,
    ),
    _status(
        "quota used up, repeats suggested",
        "429 with insufficient_quota and x-should-retry: true",
        "HTTP 429 Too Many Requests (insufficient_quota): You exceeded your current "
        "quota. The quota of this account is used up; waiting does not help: check its "
        "plan, credit and spending limit.",
        429,
        QUOTA,
        x_should_retry="true",
    ),
    _status(
        "server error",
        "500 with OpenAI's JSON",
        "HTTP 500 Internal Server Error: The server had an error. The service or a "
        "gateway failed; the call may have been charged all the same. Try again later; such calls "
        "can be allowed to be repeated.",
        500,
        says("The server had an error"),
    ),
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
    _status(
        "not implemented",
        "501",
        "HTTP 501 Not Implemented. This service has no such call; choose the edits call, or check "
        "the base URL.",
        501,
    ),
    _status(
        "bad gateway",
        "502 with an empty body",
        "HTTP 502 Bad Gateway. The service or a gateway failed; the call may have been "
        "charged all the same. Try again later; such calls can be allowed to be repeated.",
        502,
    ),
    _then_success("overloaded for a moment", "503 with retry-after, then success", 503, **SECONDS),
    _status(
        "overloaded",
        "503 without retry-after",
        "HTTP 503 Service Unavailable: overloaded. The service or a gateway failed; the "
        "call may have been charged all the same. Try again later; such calls can be allowed to be "
        "repeated.",
        503,
        b"overloaded",
    ),
    _status(
        "gateway gave up",
        "504 with a page that has scripts and tags in its title",
        "HTTP 504 Gateway Timeout: 504 Gateway Time-out & more. A web page came, so a "
        "gateway or another server answered, not the API. The service or a gateway "
        "failed; the call may have been charged all the same. Try again later; such calls can be "
        "allowed to be repeated.",
        504,
        PAGE % (b"504 <b>Gateway</b> Time-out &amp; more", b"<script>alert(1)</script>"),
    ),
    _status(
        "error of bytes",
        "500 with bytes that are no text",
        "HTTP 500 Internal Server Error. The service or a gateway failed; the call may "
        "have been charged all the same. Try again later; such calls can be allowed to be "
        "repeated.",
        500,
        bytes(range(256)),
    ),
    _status(
        "error that forges",
        "400 with line breaks, escapes, direction marks and half a surrogate pair",
        "HTTP 400 Bad Request: one ERROR two [31m three. Check the option that it names.",
        400,
        b'{"error": {"message": "one\\nERROR two\\u001b[31m\\u202e three\\ud800"}}',
    ),
    _status(
        "error without end",
        "400 with 200,000 letters",
        "HTTP 400 Bad Request: long long long long long long long long long long long "
        "long long long long long long long long long long long long long long long long "
        "long long long long long long long long long long long long long long long long "
        "long long long long long long long long long long long long long long long long "
        "long long long long long long long long long long long long long long long long "
        "long long long long long long long long long long long long long long long long "
        "long long long long long long long long long…. Check the option that it names.",
        400,
        says("long " * 40_000),
    ),
    _status(
        "error of a hundred floors",
        "400, JSON nested deeply",
        "HTTP 400 Bad Request: "
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…."
        " Check the option that it names.",
        400,
        b"[" * 60_000,
    ),
    Fault(
        "asked to wait longer than the deadline",
        "429 with retry-after: 0 and nothing left for 9 s, at a deadline of 3 s",
        answers(429, b"", retry_after="0", **LEFT_NOTHING),
        Refused(
            ErrorAnswer,
            "HTTP 429 Too Many Requests. Calls come too fast: lower the requests per minute, or "
            "allow more attempts and longer waits.",
        ),
        tries=3,
        retry={"deadline": 3.0},
    ),
    Fault(
        "nothing left until after the deadline",
        "429 with nothing left for 9 s, at a deadline of 3 s",
        answers(429, b"", **LEFT_NOTHING),
        Refused(
            ErrorAnswer,
            "HTTP 429 Too Many Requests. Calls come too fast: lower the requests per minute, or "
            "allow more attempts and longer waits.",
        ),
        retry={"deadline": 3.0, "max_wait": 60.0},
    ),
    Fault(
        "a short wait beside a long reset",
        "429 with retry-after-ms: 50 and nothing left for 9 s, then the picture",
        in_turn(answers(429, b"", retry_after_ms="50", **LEFT_NOTHING), answers(200, SUCCESS)),
        Delivered(),
        tries=2,
        retry={"deadline": 3.0, "max_wait": 60.0},
    ),
)
