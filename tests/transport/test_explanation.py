"""Every shape of an error that servers are known to send."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.transport.explanation import Explanation, read_explanation

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


def _check(said: Explanation) -> None:
    for line in (said.message, said.code, said.param):
        assert line is None or (line and line.isprintable() and len(line) <= 500)
