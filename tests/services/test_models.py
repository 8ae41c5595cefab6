from datetime import date, timedelta

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import ErrorAnswer
from openai_images.models import Model
from openai_images.options import RetryPolicy
from openai_images.secret import Secret
from openai_images.services.models import (
    find_image_models,
    warn_of_ending_models,
    warn_of_model,
)

TODAY = date(2026, 11, 22)


def ending(days, name="m"):
    return Model(name, (TODAY + timedelta(days)).isoformat())


def warnings(watch, days, **connection):
    warn_of_model(Connection(models=(ending(days),), **connection), "m", TODAY, watch)
    return watch.warnings


@pytest.mark.parametrize("days", [0, 1, 60])
def test_a_model_is_warned_of_sixty_days_ahead(watch, days):
    (warning,) = warnings(watch, days)
    assert f'"m" will be shut down on {ending(days).shutdown}' in warning
    assert "Default Model" in warning


def test_a_model_that_has_ended_is_said_to_have(watch):
    assert "was shut down on 2026-11-21" in warnings(watch, -1)[0]


def test_a_day_earlier_nothing_is_said(watch):
    assert warnings(watch, 61) == []


def test_nothing_is_said_of_a_model_that_nobody_knows(watch):
    warn_of_model(Connection(models=(ending(1),)), "other", TODAY, watch)
    assert watch.warnings == []


def test_without_a_default_all_that_end_soon_are_named_in_one_sentence(watch):
    models = (ending(9, "a"), ending(61, "b"), Model("c"), ending(-30, "d"))
    warn_of_ending_models(Connection(models=models), TODAY, watch)
    assert watch.warnings == [
        "Image models that end within 60 days or have ended: a (2026-12-01), d (2026-10-23). "
        "Choose others as Model or Default Model."
    ]


def test_with_a_default_only_that_one_matters(watch):
    models = (ending(9, "a"), Model("b"))
    warn_of_ending_models(Connection(models=models, default_model="b"), TODAY, watch)
    assert watch.warnings == []
    warn_of_ending_models(Connection(models=models, default_model="a"), TODAY, watch)
    assert "2026-12-01" in watch.warnings[0]


@pytest.fixture
def found(httpserver, watch):
    """Asks the loopback server, which answers with an error, for its models."""

    def ask(status, message):
        body = {"error": {"message": message}}
        httpserver.expect_request("/v1/models").respond_with_json(body, status=status)
        connection = Connection(
            service=ServiceKind.COMPATIBLE,
            credential="key",
            base_url=httpserver.url_for("/v1"),
            retry=RetryPolicy(attempts=1),
        )
        return find_image_models(connection, Secret("sk-1", name="key"), watch)

    return ask


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "Not Found"),
        (500, "broken"),
        (403, "You are not allowed to read models."),
        (401, "You have insufficient permissions. Missing scopes: api.model.read."),
    ],
)
def test_a_list_that_cannot_be_had_is_a_warning(found, watch, status, message):
    assert found(status, message) == ()
    assert f"does not list its models (HTTP {status})" in watch.warnings[0]


def test_a_key_that_the_service_does_not_know_is_an_error(found):
    with pytest.raises(ErrorAnswer, match="does not accept the key"):
        found(401, "Incorrect API key provided.")
