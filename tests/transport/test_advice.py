"""What each HTTP error advises; the whole texts stand in the table of faults."""

from __future__ import annotations

import json

import pytest

from openai_images.connection import Connection, Route, ServiceKind
from openai_images.response import ApiResponse
from openai_images.transport import error_answer

ERROR = {"error": {"message": "Why.", "type": "t", "param": "size", "code": "c"}}


def connection(**fields) -> Connection:
    return Connection(service=ServiceKind.COMPATIBLE, base_url="https://api.test/v1", **fields)


def error(status: int, body: object = ERROR, own: Connection | None = None, **headers: str):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_answer(ApiResponse(status, named, content), own or connection())


def test_everything_the_service_said_is_kept():
    told = error(400, x_request_id="req_1")
    assert (told.status, told.code, told.param, told.request_id) == (400, "c", "size", "req_1")
    assert str(told).startswith("HTTP 400 Bad Request (c): Why. ")
    assert str(told).endswith("Request id: req_1.")


@pytest.mark.parametrize(
    ("status", "billed"), [(400, False), (429, False), (501, False), (500, True), (504, True)]
)
def test_only_a_failing_service_may_have_charged(status, billed):
    assert error(status).may_be_billed is billed


def test_401_names_the_credential():
    assert 'credential "my key"' in str(error(401, own=connection(credential="my key")))
    assert "choose a credential" in str(error(401))


def test_404_depends_on_the_call():
    assert "choose the edits call in the connector" in str(error(404))
    edits = connection(route=Route.EDITS)
    assert "no edits call" in str(error(404, own=edits))
    missing = {"error": {"message": "m", "code": "model_not_found"}}
    assert "choose another model" in str(error(404, missing, own=edits))


def test_429_tells_pace_from_quota():
    assert "lower the requests per minute" in str(error(429))
    assert "asks to wait 7 s" in str(error(429, retry_after="7"))
    quota = {"error": {"message": "m", "type": "insufficient_quota"}}
    assert "waiting does not help" in str(error(429, quota))


def test_403_of_an_organisation_that_is_not_verified():
    body = {"error": {"message": "Your organization must be verified to use this model."}}
    assert "verify it in the settings" in str(error(403, body))
    assert "check its permissions" in str(error(403))


def test_a_redirect_names_where_to_without_its_query():
    told = str(error(302, b"", location="https://other.test/v1?token=1"))
    assert "redirects to https://other.test/v1," in told
    assert "token" not in told


@pytest.mark.parametrize("status", [*range(200, 600, 7), 407, 408, 409, 413, 415, 999])
@pytest.mark.parametrize("body", [ERROR, b"", b"<html><title>t</title>", b"\xff"])
def test_any_status_gives_one_line(status, body):
    told = str(error(status, body))
    assert told.isprintable()
    assert told.startswith(f"HTTP {status}")
    assert told.endswith(".")
