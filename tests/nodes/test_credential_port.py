"""A token by the credential port, in place of a key in a credential."""

import base64
import json

import pandas as pd
import pytest
from werkzeug import Response

from knime_headless import CredentialPort, NodeFailed
from openai_images.connection import Connection

from .conftest import KEY

VARIABLE = "IMAGES_TOKEN"
TOKEN = "first-token-0123456789"
RENEWED = "second-token-9876543210"


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setenv(VARIABLE, TOKEN)
    return CredentialPort.of_variable(VARIABLE)


@pytest.fixture
def azure(httpserver):
    return {
        "service": "AZURE",
        "base_url": httpserver.url_for("/openai/v1"),
        "check_connection": False,
        "retries": {"attempts": 1},
    }


@pytest.fixture
def asked(httpserver, png_text):
    """The headers that the service got, while it answers each call."""
    headers = []

    def answer(request):
        headers.append({name.lower(): value for name, value in request.headers.items()})
        return Response(json.dumps({"created": 1, "data": [{"b64_json": png_text}]}))

    for call in ("edits", "variations"):
        httpserver.expect_request(f"/openai/v1/images/{call}").respond_with_handler(answer)
    httpserver.expect_request("/openai/v1/models").respond_with_handler(answer)
    return headers


@pytest.fixture
def png_text(png):
    return base64.b64encode(png).decode()


def test_the_configuration_leads_to_the_token_and_does_not_hold_it(connector, azure, port):
    configured = connector.configure(azure, [port.spec]).specs[0]
    executed = connector.execute(azure, [port])
    for spec in (configured, executed.outputs[0].spec):
        stored = json.dumps(spec.serialize())
        assert VARIABLE in stored
        assert TOKEN not in stored
    assert TOKEN not in repr(executed)
    assert TOKEN.encode() not in executed.outputs[0].serialize()


def test_azure_gets_it_as_a_token_and_not_as_a_key(connector, vary, azure, port, asked, picture):
    configuration = connector.execute(azure, [port]).outputs[0]
    settings = {"image": str(picture), "set_model": True, "model": "my-deployment"}
    result = vary.execute(settings, [configuration])
    assert asked[0]["authorization"] == f"Bearer {TOKEN}"
    assert "api-key" not in asked[0]
    assert len(result.outputs[0].rows()) == 1


def test_each_call_of_a_node_asks_for_the_token_that_is_valid_then(
    connector, extension, azure, port, httpserver, png_text, picture, monkeypatch
):
    sent = []

    def answer_and_renew(request):
        sent.append(request.headers["Authorization"])
        monkeypatch.setenv(VARIABLE, RENEWED)
        return Response(json.dumps({"created": 1, "data": [{"b64_json": png_text}]}))

    httpserver.expect_request("/openai/v1/images/edits").respond_with_handler(answer_and_renew)
    configuration = connector.execute({**azure, "default_model": "m"}, [port]).outputs[0]
    table = pd.DataFrame({"Path": [str(picture)] * 2})
    node = extension.nodes["create_image_variations_table"]
    node.execute({"concurrency": 1}, [configuration, table])
    assert sent == [f"Bearer {TOKEN}", f"Bearer {RENEWED}"]


def test_a_service_that_repeats_the_token_does_not_give_it_away(
    connector, vary, azure, port, httpserver, picture
):
    httpserver.expect_request("/openai/v1/images/edits").respond_with_handler(
        lambda request: Response(
            json.dumps({"error": {"message": request.headers["Authorization"]}}), 401
        )
    )
    configuration = connector.execute(azure, [port]).outputs[0]
    settings = {"image": str(picture), "set_model": True, "model": "m"}
    with pytest.raises(NodeFailed, match="does not accept the token") as failure:
        vary.execute(settings, [configuration])
    assert TOKEN not in str(failure.value)
    raw = vary.execute({**settings, "result_format": "RAW_RESPONSE"}, [configuration])
    assert "[key]" in raw.outputs[0].rows()[0]["body"]
    assert not any(TOKEN in f"{entry}" for entry in raw.log)


def test_a_login_that_is_no_token_is_refused(connector, azure, monkeypatch):
    monkeypatch.setenv(VARIABLE, "bWU6c2VjcmV0LXNlY3JldA==")
    basic = CredentialPort.of_variable(VARIABLE, "Basic")
    with pytest.raises(NodeFailed, match='"Basic"; the services take a Bearer') as refusal:
        connector.configure(azure, [basic.spec])
    assert refusal.value.shown_without_trace


@pytest.mark.parametrize("text", ["", "short", "with blanks in it"])
def test_what_cannot_be_a_token_is_refused_and_not_repeated(connector, azure, port, text):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, text)
        with pytest.raises(NodeFailed, match="no token of at least") as refusal:
            connector.configure(azure, [port.spec])
    assert text == "" or text not in str(refusal.value)


def test_a_node_before_that_has_not_run_is_told_as_that(connector, vary, azure, port, picture):
    configuration = connector.execute(azure, [port]).outputs[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE)
        with pytest.raises(NodeFailed, match="has no token yet, or none any more"):
            connector.configure(azure, [port.spec])
        with pytest.raises(NodeFailed, match="has no token yet, or none any more"):
            vary.configure({"image": str(picture)}, [configuration.spec])


def test_the_port_takes_the_place_of_the_credential(connector, azure, port, credentials, asked):
    settings = {**azure, "credentials": "openai", "check_connection": True}
    connector.execute(settings, [port], credentials=credentials)
    assert asked[0]["authorization"] == f"Bearer {TOKEN}"
    assert KEY not in str(asked)


def test_the_embedded_engine_says_that_it_needs_none(connector, port):
    result = connector.configure({}, [port.spec])
    assert result.specs[0].connection == Connection()
    assert "not used" in result.warnings[0]


def test_the_dialog_asks_for_a_credential_only_where_no_port_brings_one(connector, port):
    def condition(specs):
        dialog = connector.dialog({"service": "AZURE"}, specs)
        control = next(e for e in dialog["ui_schema"]["elements"] if e["label"] == "Credentials")
        return control["rule"]["condition"]["conditions"][1]

    assert condition([None])["schema"] == {"type": ["object"]}
    assert condition([port.spec])["schema"] == {"type": ["null"]}
