import json
from datetime import date, timedelta

import pytest

from openai_images.errors import BadAnswer
from openai_images.models import Model, image_models, warn_of_end, warn_of_ends
from openai_images.response import ApiResponse


@pytest.mark.parametrize(
    ("shutdown", "days"), [("2026-12-01", 9), ("2026-11-22", 0), ("2026-10-23", -30), ("", None)]
)
def test_days_left_are_counted_from_the_given_day(shutdown, days):
    assert Model("m", shutdown).days_left(date(2026, 11, 22)) == days


TODAY = date(2026, 11, 22)


def ending(days, name="m"):
    return Model(name, (TODAY + timedelta(days)).isoformat())


def warnings(watch, days):
    warn_of_end(ending(days), TODAY, watch)
    return watch.warnings


@pytest.mark.parametrize("days", [0, 1, 60])
def test_a_model_is_warned_of_sixty_days_ahead(watch, days):
    (warning,) = warnings(watch, days)
    assert f'"m" will be shut down on {ending(days).shutdown}' in warning
    assert "choose another model" in warning


def test_a_model_that_has_ended_is_said_to_have(watch):
    assert "was shut down on 2026-11-21" in warnings(watch, -1)[0]


def test_a_day_earlier_nothing_is_said(watch):
    assert warnings(watch, 61) == []


def test_nothing_is_said_of_a_model_that_nobody_knows(watch):
    warn_of_end(Model("other"), TODAY, watch)
    assert watch.warnings == []


def test_all_that_end_soon_are_named_in_one_sentence(watch):
    models = (ending(9, "a"), ending(61, "b"), Model("c"), ending(-30, "d"))
    warn_of_ends(models, TODAY, watch)
    assert watch.warnings == [
        "Image models that end within 60 days or have ended: a (2026-12-01), d (2026-10-23). "
        "Choose others."
    ]


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
