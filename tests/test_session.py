"""What a session keeps between jobs, and what it asks of a service."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import ErrorAnswer, InvalidCredential
from openai_images.models import Model
from openai_images.options import RetryPolicy
from openai_images.secret import Secret
from openai_images.session import open_session


@pytest.fixture
def connection(httpserver):
    return Connection(
        service=ServiceKind.COMPATIBLE,
        credential="key",
        base_url=httpserver.url_for("/v1"),
        retry=RetryPolicy(attempts=1),
    )


def test_a_service_that_needs_a_key_is_not_opened_without_one():
    with pytest.raises(InvalidCredential):
        open_session(Connection(service=ServiceKind.OPENAI, credential="key"))


def found(connection, watch):
    with open_session(connection, Secret("sk-123456", name="key")) as session:
        return session.find_models(watch)


@pytest.mark.parametrize(("default", "warned"), [("", "a ("), ("a", '"a" will be'), ("b", None)])
def test_models_that_end_soon_are_warned_of_and_of_a_default_only_that(
    connection, httpserver, watch, default, warned
):
    soon = (date.today() + timedelta(9)).isoformat()
    listed = [{"id": "a", "type": "image", "shutdown_date": soon}, {"id": "b", "type": "image"}]
    httpserver.expect_request("/v1/models").respond_with_json({"data": listed})
    assert found(replace(connection, default_model=default), watch) == (
        Model("a", soon),
        Model("b"),
    )
    assert [warned in warning for warning in watch.warnings] == ([True] if warned else [])


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (404, "Not Found"),
        (500, "broken"),
        (403, "You are not allowed to read models."),
        (401, "You have insufficient permissions. Missing scopes: api.model.read."),
    ],
)
def test_a_list_that_cannot_be_had_is_a_warning(connection, httpserver, watch, status, message):
    body = {"error": {"message": message}}
    httpserver.expect_request("/v1/models").respond_with_json(body, status=status)
    assert found(connection, watch) == ()
    assert f"does not list its models (HTTP {status})" in watch.warnings[0]


def test_a_key_that_the_service_does_not_know_is_an_error(connection, httpserver, watch):
    body = {"error": {"message": "Incorrect API key provided."}}
    httpserver.expect_request("/v1/models").respond_with_json(body, status=401)
    with pytest.raises(ErrorAnswer, match="does not accept the key"):
        found(connection, watch)


def test_the_engine_gets_as_many_workers_as_are_said(monkeypatch):
    pools = []
    monkeypatch.setattr("openai_images.engine.Pool", lambda workers: pools.append(workers))
    open_session(Connection(), engine_workers=3)
    assert pools == [3]
