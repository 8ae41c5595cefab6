"""Every shape of an error, and what each advises; whole texts stand in the table of faults."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.connection import Connection, Route, ServiceKind
from openai_images.response import ApiResponse
from openai_images.transport.error_answers import (
    Explanation,
    error_answer,
    is_page,
    page_title,
    read_explanation,
)

ERROR = {"error": {"message": "Why.", "type": "t", "param": "size", "code": "c"}}

OPENAI = {"error": {"message": "Wrong.", "type": "t", "param": "size", "code": "c"}}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                ["error", "errors", "detail", "message", "msg", "code", "type", "param", "loc"]
            ),
            inner,
        )
    ),
)


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
    assert "choose the edits call" in str(error(404))
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


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (OPENAI, Explanation("Wrong.", "c", "size")),
        ({"error": {"message": "m", "type": "t", "code": None}}, Explanation("m", "t")),
        ({"error": {"message": "m", "code": 404}}, Explanation("m", "404")),
        ({"error": "text"}, Explanation("text")),
        ({"detail": "Not Found"}, Explanation("Not Found")),
        (
            {"detail": [{"loc": ["body", "n"], "msg": "too big", "type": "less_than"}]},
            Explanation("body.n: too big", "less_than", "body.n"),
        ),
        ({"detail": [{"msg": "no place"}]}, Explanation("no place")),
        ({"detail": []}, Explanation()),
        ({"errors": [{"message": "first"}, {"message": "second"}]}, Explanation("first")),
        ({"message": "m", "code": "c"}, Explanation("m", "c")),
        ({"error": "invalid_key", "error_description": "d"}, Explanation("invalid_key")),
        (
            {"error": {"message": "litellm.X: " + json.dumps(OPENAI), "code": "400"}},
            Explanation("Wrong.", "c", "size"),
        ),
        ({"error": {"message": json.dumps({"detail": "inner"})}}, Explanation("inner")),
        ({"error": {"message": "set {n} to 1"}}, Explanation("set {n} to 1")),
        ({"error": {}}, Explanation()),
        ("only a text", Explanation("only a text")),
        (17, Explanation()),
        ([None, [1], {"message": "deep"}], Explanation("deep")),
    ],
)
def test_json_in_every_shape(body, expected):
    assert read_explanation(json.dumps(body).encode()) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", Explanation()),
        (b"upstream timed out", Explanation("upstream timed out")),
        (b'\xef\xbb\xbf{"error": "x"}', Explanation("x")),
        (b"<html><title>504</title>", Explanation("504", is_page=True)),
        (b"<html></html>", Explanation(is_page=True)),
        (b'{"error": ', Explanation('{"error":')),
        (bytes(range(128, 256)), Explanation()),
    ],
)
def test_what_is_no_json(body, expected):
    assert read_explanation(body) == expected


@given(JSON)
def test_any_json_gives_lines_that_can_be_shown(value):
    _check(read_explanation(json.dumps(value).encode()))


@given(st.binary())
def test_any_bytes_give_lines_that_can_be_shown(body):
    _check(read_explanation(body))


def test_errors_nested_for_ever_end():
    text = "core"
    for _ in range(10):
        text = json.dumps({"error": {"message": text}})
    assert read_explanation(text.encode()).message is not None


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<!DOCTYPE html><html><head><TITLE>502 Bad\n Gateway</TITLE>", "502 Bad Gateway"),
        ("<html><body><h1>Sign <b>in</b></h1>", "Sign in"),
        ("<html><title>a &lt;b&gt; c</title>", "a <b> c"),
        ("<html><title></title><p>text", ""),
        ("<!-- proxy --><html><title>x</title>", "x"),
    ],
)
def test_a_page_is_its_title(page, title):
    assert is_page(page)
    assert page_title(page) == title


@pytest.mark.parametrize("text", ["", "{}", "plain <html> later", "<xml><title>x</title></xml>"])
def test_what_is_no_page(text):
    assert not is_page(text)


@pytest.mark.parametrize("piece", ["<title", "<title>", "<h1 ", "<!--", "<", "<html "])
def test_no_page_takes_long_to_read(piece):
    page = "<html>" + piece * (64_000 // len(piece))
    began = time.process_time()
    is_page(piece * 10_000)
    page_title(page)
    assert time.process_time() - began < 5


def _check(said: Explanation) -> None:
    for line in (said.message, said.code, said.param):
        assert line is None or (line and line.isprintable() and len(line) <= 500)
