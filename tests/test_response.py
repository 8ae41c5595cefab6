import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import BadAnswer
from openai_images.response import ApiResponse, ImagesResponse


def answer(body, status=200, headers=None):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ApiResponse(status, headers or {"content-type": "application/json"}, content)


def test_everything_that_openai_documents_is_read():
    usage = {"total_tokens": 3, "input_tokens_details": {"image_tokens": 1}}
    parsed = ImagesResponse.parse(
        answer(
            {
                "created": 1750000000,
                "background": "opaque",
                "output_format": "png",
                "size": "1024x1024",
                "quality": "high",
                "usage": usage,
                "seed": 7,
                "data": [{"url": "https://x/1.png", "revised_prompt": "a cat"}, {"b64_json": "AA"}],
            }
        )
    )
    assert (parsed.created, parsed.seed, parsed.usage) == (1750000000, 7, usage)
    assert (parsed.background, parsed.output_format) == ("opaque", "png")
    assert (parsed.size, parsed.quality) == ("1024x1024", "high")
    assert [image.value for image in parsed.data] == ["https://x/1.png", "AA"]
    assert parsed.data[0].revised_prompt == "a cat"


def test_both_keys_with_one_null_is_one_value():
    parsed = ImagesResponse.parse(answer({"data": [{"url": None, "b64_json": "AA"}]}))
    assert parsed.data[0].value == "AA"
    assert parsed.created is None


def test_an_empty_place_among_images_is_kept_in_its_order():
    parsed = ImagesResponse.parse(answer({"data": [{}, {"b64_json": "AA"}, None]}))
    assert [image.value for image in parsed.data] == [None, "AA", None]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is not JSON (application/json, 0 bytes)"),
        (b"<html>", "is not JSON (application/json, 6 bytes)"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is a JSON list, not an object"),
        (b"{}", 'has no list "data"'),
        (b'{"data": {}}', 'has no list "data"'),
        (b'{"data": []}', "holds no image"),
        (b'{"data": [{"url": ""}]}', "holds no image"),
    ],
)
def test_a_success_without_images_says_what_came_instead(body, what):
    with pytest.raises(BadAnswer) as refusal:
        ImagesResponse.parse(answer(body))
    assert what in str(refusal.value)
    assert "base URL" in str(refusal.value)
    assert refusal.value.may_be_billed


@pytest.mark.parametrize("created", [None, "1750000000", True, [], 2**63, float("inf")])
def test_a_created_that_is_no_time_is_missing(created):
    body = json.dumps({"created": created, "data": [{"url": "u"}]}).encode()
    assert ImagesResponse.parse(answer(body)).created is None


def test_lone_surrogates_do_not_reach_a_table():
    body = rb'{"data": [{"url": "u", "revised_prompt": "a \ud800 cat"}]}'
    assert ImagesResponse.parse(answer(body)).data[0].revised_prompt == "a ? cat"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
_fields = ["created", "data", "background", "output_format", "size", "quality", "usage", "seed"]
_bodies = _json.map(lambda value: json.dumps(value).encode()) | st.fixed_dictionaries(
    {}, optional=dict.fromkeys(_fields, _json)
).map(lambda value: json.dumps(value).encode())


@given(_bodies | st.binary())
def test_whatever_a_server_sends_is_an_answer_or_a_bad_answer(body):
    try:
        parsed = ImagesResponse.parse(answer(body))
    except BadAnswer:
        return
    assert any(image.value for image in parsed.data)
    assert parsed.created is None or -(2**63) <= parsed.created < 2**63


def test_the_request_id_is_found_under_either_name():
    assert answer({}, headers={"x-request-id": "req_1"}).request_id == "req_1"
    assert answer({}, headers={"apim-request-id": "az-1"}).request_id == "az-1"
    assert answer({}, headers={}).request_id is None


def test_a_body_that_is_not_utf8_still_is_text():
    assert answer(b"caf\xe9").text == "caf\N{REPLACEMENT CHARACTER}"
