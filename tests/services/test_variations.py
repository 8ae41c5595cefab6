import base64
import json
from contextlib import contextmanager

import pytest
from werkzeug import Response

from openai_images import Connection, Secret, VariationRequest, open_session
from openai_images.connection import ServiceKind
from openai_images.errors import InvalidPicture
from openai_images.models import Model
from openai_images.options import RetryPolicy
from openai_images.watch import QuietWatch

BODY = {"created": 1, "data": [{"url": "https://example.org/1.png"}]}


@pytest.fixture
def connection(httpserver):
    return Connection(
        service=ServiceKind.COMPATIBLE,
        base_url=httpserver.url_for("/v1"),
        credential="key",
        retry=RetryPolicy(attempts=1),
    )


@pytest.fixture
def calls(httpserver):
    """The variations calls that the server received, while it answers each with one URL."""
    received = []

    def answer(request):
        received.append((dict(request.headers), request.form.to_dict(), request.files.to_dict()))
        return Response(json.dumps(BODY), 200, {"x-request-id": "req_1"}, "application/json")

    httpserver.expect_request("/v1/images/variations", "POST").respond_with_handler(answer)
    return received


def test_with_every_option_off_only_the_picture_goes_out(connection, calls, png):
    with open_session(connection, Secret("sk-12345", name="key")) as session:
        response = session.service.create_variation(VariationRequest(png, "cat.png"))
    ((headers, form, files),) = calls
    assert form == {}
    assert list(files) == ["image"]
    assert (files["image"].filename, files["image"].mimetype) == ("cat.png", "image/png")
    assert headers["Authorization"] == "Bearer sk-12345"
    assert (response.status, json.loads(response.body)) == (200, BODY)
    assert response.request_id == "req_1"


def test_with_every_option_on_exactly_the_fields_set_go_out(connection, calls, png):
    request = VariationRequest(
        png,
        model="dall-e-2",
        n=2,
        response_format="b64_json",
        size="256x256",
        user="u-1",
        extra_fields=(("prompt", "a cat, näher"),),
    )
    with open_session(connection, Secret("sk-12345", name="key")) as session:
        session.service.create_variation(request)
    ((_, form, files),) = calls
    assert form == {
        "model": "dall-e-2",
        "n": "2",
        "response_format": "b64_json",
        "size": "256x256",
        "user": "u-1",
        "prompt": "a cat, näher",
    }
    assert list(files) == ["image"]


def test_the_connectors_model_is_sent_where_the_request_names_none(connection, calls, png):
    from dataclasses import replace

    with open_session(replace(connection, default_model="sd-tiny")) as session:
        session.service.create_variation(VariationRequest(png))
        session.service.create_variation(VariationRequest(png, model="other"))
    assert [form["model"] for _, form, _ in calls] == ["sd-tiny", "other"]


def test_a_picture_that_the_call_cannot_take_is_refused_before_it(connection, httpserver):
    with open_session(connection) as session, pytest.raises(InvalidPicture):
        session.service.create_variation(VariationRequest(b"not a picture", "cat.png"))
    assert httpserver.log == []


def test_an_http_error_is_an_answer(connection, httpserver, png):
    error = {"error": {"message": "no", "type": "t", "param": None, "code": "c"}}
    httpserver.expect_request("/v1/images/variations").respond_with_json(error, status=400)
    with open_session(connection) as session:
        response = session.service.create_variation(VariationRequest(png))
    assert (response.status, json.loads(response.body)) == (400, error)


def test_the_file_behind_a_result_is_fetched_from_the_services_own_host(
    connection, httpserver, png
):
    httpserver.expect_request("/files/1.png").respond_with_data(png, content_type="image/png")
    with open_session(connection) as session:
        assert session.service.fetch(httpserver.url_for("/files/1.png")) == png


def test_models_are_listed(connection, httpserver):
    models = {"data": [{"id": "gpt-image-2.6-flare"}, {"id": "text-embedding-3"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    with open_session(connection) as session:
        assert session.service.list_models() == (Model("gpt-image-2.6-flare"),)


def test_the_body_is_the_base64_text_that_the_server_sent(connection, httpserver, png):
    body = {"data": [{"b64_json": base64.b64encode(png).decode()}]}
    httpserver.expect_request("/v1/images/variations").respond_with_json(body)
    with open_session(connection) as session:
        assert json.loads(session.service.create_variation(VariationRequest(png)).body) == body


def test_only_the_call_itself_takes_a_turn(connection, httpserver, png):
    class Watch(QuietWatch):
        turns = is_at_work = 0

        @contextmanager
        def turn(self):
            self.turns += 1
            self.is_at_work = 1
            yield
            self.is_at_work = 0

    watch, seen = Watch(), []

    def answer(request):
        seen.append(watch.is_at_work)
        return Response(json.dumps(BODY))

    httpserver.expect_request("/v1/images/variations").respond_with_handler(answer)
    with open_session(connection) as session:
        with pytest.raises(InvalidPicture):
            session.service.create_variation(VariationRequest(png[:-1]), watch)
        assert watch.turns == 0
        session.service.create_variation(VariationRequest(png), watch)
    assert (watch.turns, seen, watch.is_at_work) == (1, [1], 0)
