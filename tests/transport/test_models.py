"""Which models of a list are offered; each list is of the shape that a server really gives."""

import json

import pytest

from openai_images.errors import BadAnswer
from openai_images.models import Model
from openai_images.response import ApiResponse
from openai_images.transport.models import image_models


def listed(*items):
    return image_models(ApiResponse(200, {}, json.dumps({"data": items}).encode()))


def names(*items):
    return [model.name for model in listed(*items)]


def test_where_names_are_all_there_is_they_tell():
    items = [{"id": name} for name in ("gpt-6", "gpt-image-9", "dall-e-2", "whisper-1")]
    assert names(*items) == ["dall-e-2", "gpt-image-9"]


@pytest.mark.parametrize(
    ("image", "other"),
    [
        ({"model_type": "image"}, {"model_type": "LLM"}),
        ({"mode": "image_generation"}, {"mode": "chat"}),
        ({"labels": ["image", "hot"]}, {"labels": ["reasoning"]}),
        ({"task": "text-to-image"}, {"task": "image-to-text"}),
        (
            {"architecture": {"output_modalities": ["image", "text"]}},
            {"architecture": {"output_modalities": ["text"]}},
        ),
    ],
)
def test_what_a_server_says_of_a_model_goes_before_its_name(image, other):
    assert names({"id": "mine", **image}, {"id": "my-image-model", **other}) == ["mine"]


def test_where_nothing_tells_all_are_offered():
    assert names({"id": "Qwen/Z"}, {"id": "local"}, {"id": "c", "mode": "chat"}) == [
        "Qwen/Z",
        "local",
    ]


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T00:00:00Z", "2026-12-01"),
        (None, ""),
        ("soon", ""),
        ("2026-13-01", ""),
        (1796083200, ""),
    ],
)
def test_the_day_of_the_end_is_read_where_it_is_one(given, day):
    assert listed({"id": "gpt-image-9", "shutdown_date": given}) == (Model("gpt-image-9", day),)


def test_a_list_without_an_envelope_and_odd_items_are_borne():
    body = json.dumps([{"id": "sdxl"}, {"id": 7}, {"id": ""}, "flux", None, {}]).encode()
    assert image_models(ApiResponse(200, {}, body)) == (Model("sdxl"),)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"data": {}}', b'"gpt-image-9"', b""])
def test_what_is_no_list_is_said_to_be_none(body):
    with pytest.raises(BadAnswer, match="not with a list of models"):
        image_models(ApiResponse(200, {}, body))
