import json
from datetime import date, timedelta

import pytest
import trustme

from knime_headless import NodeFailed
from openai_images.connection import Connection, Route, ServiceKind
from openai_images.models import Model
from openai_images.options import EditOptions, EngineOptions, Prices, RetryPolicy

from .conftest import KEY

REMOTE = {"service": "COMPATIBLE", "base_url": "http://host/v1"}


def configured(connector, settings, credentials=None):
    return connector.configure(settings, [], credentials=credentials or {})


def test_as_it_is_dropped_it_gives_the_embedded_engine(connector):
    result = configured(connector, {})
    assert result.specs[0].connection == Connection()
    assert result.warnings == ()


@pytest.fixture
def pem(tmp_path):
    """A PEM file that is both: certificates to trust, and a certificate with its key."""
    authority = trustme.CA()
    issued = authority.issue_cert("me.example")
    path = tmp_path / "all.pem"
    parts = (issued.private_key_and_cert_chain_pem, authority.cert_pem)
    path.write_bytes(b"".join(part.bytes() for part in parts))
    return str(path)


def test_every_setting_reaches_the_connection(connector, credentials, pem):
    settings = {
        "service": "COMPATIBLE",
        "credentials": "openai",
        "base_url": " https://host/v1 ",
        "route": "EDITS",
        "prompt": "more cats",
        "default_model": "gpt-image-2.6-flare",
        "image_field": "image[]",
        "quality": "high",
        "background": "opaque",
        "output_format": "webp",
        "output_compression": 80,
        "input_fidelity": "low",
        "moderation": "auto",
        "retries": {"attempts": 2, "max_wait": 5.0, "may_bill_twice": True},
        "network": {
            "connect_timeout": 3.0,
            "read_timeout": 60.0,
            "requests_per_minute": 30,
            "headers": "X-Team: images",
            "allow_plain_http": True,
            "ca_bundle": pem,
            "client_certificate": pem,
            "proxy": " http://proxy:3128 ",
        },
        "prices": {"text_input": " 5 ", "image_output": "30.5", "currency": "EUR"},
    }
    connection = configured(connector, settings, credentials).specs[0].connection
    assert (connection.service, connection.route) == (ServiceKind.COMPATIBLE, Route.EDITS)
    assert (connection.base_url, connection.credential) == ("https://host/v1", "openai")
    assert connection.default_model == "gpt-image-2.6-flare"
    assert connection.edits == EditOptions(
        "more cats", "image[]", "opaque", "high", "webp", 80, "low", "auto"
    )
    assert connection.retry == RetryPolicy(attempts=2, max_wait=5.0, may_bill_twice=True)
    assert (connection.timeouts.connect, connection.timeouts.read) == (3.0, 60.0)
    assert (connection.requests_per_minute, connection.headers) == (30, (("X-Team", "images"),))
    assert connection.allow_plain_http
    assert (connection.ca_bundle, connection.client_certificate) == (pem, pem)
    assert connection.proxy == "http://proxy:3128"
    assert connection.prices == Prices("5", "", "30.5", currency="EUR")


def test_what_was_entered_for_another_service_stays_behind(connector, credentials):
    settings = {
        "service": "OPENAI",
        "credentials": "openai",
        "base_url": "https://host/v1",
        "organization": "org-1",
        "project": "proj-1",
        "default_model": "m",
        "strength": 0.9,
    }
    of = {
        service: configured(connector, settings | {"service": service}, credentials)
        .specs[0]
        .connection
        for service in ("OPENAI", "COMPATIBLE", "EMBEDDED")
    }
    assert (of["OPENAI"].organization, of["OPENAI"].project) == ("org-1", "proj-1")
    assert (of["COMPATIBLE"].organization, of["COMPATIBLE"].project) == ("", "")
    assert of["EMBEDDED"] == Connection(engine=EngineOptions(strength=0.9))


def test_compression_is_left_out_where_the_format_has_none(connector):
    settings = {"service": "COMPATIBLE", "base_url": "http://h/v1", "output_format": "png"}
    assert configured(connector, settings).specs[0].connection.edits.output_compression is None


def test_the_dialog_offers_the_workflows_credentials_by_name(connector, credentials):
    dialog = connector.dialog({}, [], credentials=credentials)
    choices = dialog["schema"]["properties"]["model"]["properties"]["credentials"]["oneOf"]
    own = ["(the only one)", "(none)"]
    assert [choice["const"] for choice in choices] == [*own, "openai", "empty"]


def test_the_dialog_opens_without_any_credential(connector):
    dialog = connector.dialog({}, [])
    choices = dialog["schema"]["properties"]["model"]["properties"]["credentials"]["oneOf"]
    assert [choice["const"] for choice in choices] == ["(the only one)", "(none)"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"service": "OPENAI", "credentials": "(none)"}, "No credential is chosen"),
        ({"service": "OPENAI", "credentials": "gone"}, 'no credential "gone"'),
        ({"service": "OPENAI", "credentials": "empty"}, '"empty" has no password'),
        ({"service": "AZURE", "credentials": "openai"}, "The base URL is empty"),
        ({"service": "COMPATIBLE", "base_url": "host/v1"}, "is not an http or https address"),
        ({"service": "COMPATIBLE", "base_url": "https://u:p@host/v1"}, "user name or password"),
        ({"strength": 1.5}, "Strength is 1.5"),
        ({"seed": "one"}, 'Seed is "one"'),
        (REMOTE | {"retries": {"attempts": 0}}, "Attempts is 0"),
        (REMOTE | {"network": {"read_timeout": 0.0}}, "Read timeout is 0 seconds"),
        (REMOTE | {"network": {"headers": f"Authorization: {KEY}"}}, "carries a secret"),
        (REMOTE | {"network": {"proxy": f"http://me:{KEY}@proxy:1"}}, "KNIME's preferences"),
        (REMOTE | {"network": {"proxy": "proxy:3128"}}, 'Proxy is "proxy:3128"'),
        (REMOTE | {"network": {"ca_bundle": "/none.pem"}}, '"/none.pem" does not exist'),
        (REMOTE | {"network": {"client_certificate": "/none.pem"}}, '"/none.pem" does not exist'),
        (REMOTE | {"credentials": "openai"}, "would travel unencrypted to host"),
        (REMOTE | {"prices": {"image_output": "30,5"}}, 'price Image Output is "30,5"'),
        (REMOTE | {"output_format": "webp", "output_compression": 101}, "compression is 101"),
    ],
)
def test_what_cannot_work_is_refused_in_configure(connector, credentials, settings, message):
    with pytest.raises(NodeFailed) as refusal:
        configured(connector, settings, credentials)
    assert refusal.value.shown_without_trace
    assert message in refusal.value.message
    assert KEY not in refusal.value.message


def test_asking_openai_for_the_call_it_ended_is_warned_of(connector, credentials):
    settings = {"service": "OPENAI", "credentials": "openai", "route": "VARIATIONS"}
    assert "edits call" in configured(connector, settings, credentials).warnings[-1]
    for route in ("AUTOMATIC", "EDITS"):
        assert configured(connector, settings | {"route": route}, credentials).warnings == ()


@pytest.mark.parametrize(
    ("service", "choice", "known", "used"),
    [
        ("OPENAI", "(the only one)", ["openai"], "openai"),
        ("OPENAI", "openai", ["openai", "other"], "openai"),
        ("COMPATIBLE", "(the only one)", ["openai"], ""),
        ("COMPATIBLE", "openai", ["openai"], "openai"),
        ("COMPATIBLE", "(none)", ["openai"], ""),
    ],
)
def test_the_only_credential_is_taken_where_a_key_is_needed(
    connector, service, choice, known, used
):
    settings = {"service": service, "credentials": choice, "base_url": "https://host/v1"}
    workflow = dict.fromkeys(known, ("", KEY))
    assert configured(connector, settings, workflow).specs[0].connection.credential == used


def test_of_several_credentials_none_is_taken_by_itself(connector):
    workflow = {"one": ("", KEY), "two": ("", KEY)}
    with pytest.raises(NodeFailed, match="has 2 credentials: choose"):
        configured(connector, {"service": "OPENAI"}, workflow)


def test_with_the_check_off_nothing_is_called(connector, httpserver):
    settings = {"service": "COMPATIBLE", "base_url": httpserver.url_for("/v1")}
    connector.execute({**settings, "check_connection": False}, [])
    assert httpserver.log == []


def test_values_that_a_newer_model_knows_come_by_flow_variable(connector):
    chosen = {"quality": "ultra", "background": "(default)"}
    edits = configured(connector, REMOTE | {"route": "EDITS"} | chosen).specs[0].connection.edits
    assert (edits.quality, edits.background) == ("ultra", "")


def test_a_base_url_without_version_is_told_as_that(checked, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"data": []})
    root = httpserver.url_for("").rstrip("/")
    with pytest.raises(NodeFailed, match=f'The API is at "{root}/v1"|the API is at "{root}/v1"'):
        checked(base_url=root)


@pytest.fixture
def checked(connector, credentials, httpserver):
    settings = {
        "service": "COMPATIBLE",
        "base_url": httpserver.url_for("/v1"),
        "credentials": "openai",
        "check_connection": True,
        "retries": {"attempts": 1},
    }
    return lambda **more: connector.execute(settings | more, [], credentials=credentials)


def test_the_check_collects_the_image_models(checked, httpserver):
    models = {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    result = checked()
    assert result.outputs[0].spec.connection.models == (Model("gpt-image-2"),)
    assert KEY not in json.dumps(result.outputs[0].spec.serialize()) + str(result.log)


def _ending(name, days):
    return {"id": name, "shutdown_date": (date.today() + timedelta(days)).isoformat()}


def test_a_default_model_that_ends_within_sixty_days_is_warned_of(checked, httpserver):
    models = {"data": [_ending("gpt-image-old", 59), _ending("gpt-image-new", 90)]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    assert '"gpt-image-old" will be shut down' in checked(default_model="gpt-image-old").warnings[0]
    assert checked(default_model="gpt-image-new").warnings == ()
    assert "gpt-image-old" in checked().warnings[0]


def test_the_model_that_a_node_sets_is_warned_of_there(
    checked, vary, httpserver, picture, calls, credentials
):
    models = {"data": [_ending("gpt-image-old", -3), {"id": "gpt-image-new"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    configuration = checked(default_model="gpt-image-new").outputs[0]

    def warnings(model):
        settings = {"image": str(picture), "set_model": True, "model": model}
        return vary.execute(settings, [configuration], credentials=credentials).warnings

    assert "was shut down" in warnings("gpt-image-old")[0]
    assert warnings("gpt-image-new") == ()


def test_a_node_without_a_model_names_those_that_were_found(
    checked, vary, httpserver, picture, credentials
):
    models = {"data": [{"id": "gpt-image-3"}, {"id": "gpt-9-chat"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    spec = checked(service="OPENAI").outputs[0].spec
    with pytest.raises(NodeFailed) as refusal:
        vary.configure({"image": str(picture)}, [spec], credentials=credentials)
    assert "needs a model" in refusal.value.message
    assert "found there: gpt-image-3" in refusal.value.message
    settings = {"image": str(picture), "set_model": True, "model": "gpt-image-3"}
    vary.configure(settings, [spec], credentials=credentials)


def test_a_service_without_a_list_of_models_is_only_warned_of(checked, httpserver):
    httpserver.expect_request("/v1/models").respond_with_json({"detail": "Not Found"}, status=404)
    result = checked()
    assert result.outputs[0].spec.connection.models == ()
    assert "does not list its models" in result.warnings[-1]


def test_a_refused_key_fails_at_the_connector(checked, httpserver):
    error = {"error": {"message": f"Incorrect API key provided: {KEY}"}}
    httpserver.expect_request("/v1/models").respond_with_json(error, status=401)
    with pytest.raises(NodeFailed) as failure:
        checked()
    assert '"openai"' in failure.value.message
    assert KEY not in failure.value.message


def test_a_host_that_is_not_there_fails_at_the_connector(connector):
    settings = {
        "service": "COMPATIBLE",
        "base_url": "http://127.0.0.1:9/v1",
        "check_connection": True,
        "retries": {"attempts": 1},
    }
    with pytest.raises(NodeFailed, match=r"127\.0\.0\.1"):
        connector.execute(settings, [])
