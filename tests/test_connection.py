import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.connection import Connection, Route, ServiceKind
from openai_images.errors import InvalidConnection
from openai_images.models import Model
from openai_images.options import EditOptions, EngineOptions, Prices, RetryPolicy, Timeouts
from openai_images.transport.network import bundle_to_trust, check_certificate

_seconds = st.floats(0.5, 1000)
connections = st.builds(
    Connection,
    service=st.sampled_from(ServiceKind),
    credential=st.just("key"),
    base_url=st.sampled_from(["https://host/v1", "http://127.0.0.1:9997/v1/"]),
    organization=st.text(),
    route=st.sampled_from(Route),
    default_model=st.text(),
    timeouts=st.builds(Timeouts, connect=_seconds, read=_seconds),
    retry=st.builds(RetryPolicy, attempts=st.integers(1, 100), max_wait=_seconds),
    requests_per_minute=st.integers(0, 1000),
    headers=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    engine=st.builds(EngineOptions, seed=st.none() | st.integers(0, 2**63 - 1)),
    edits=st.builds(EditOptions, output_compression=st.none() | st.integers(0, 100)),
    models=st.lists(st.builds(Model, st.text(), st.dates().map(str))).map(tuple),
    prices=st.builds(Prices, st.decimals(0, 999, places=2).map(str), currency=st.just("EUR")),
    proxy=st.sampled_from(["", "http://proxy:3128"]),
)


@given(connections)
def test_a_connection_survives_the_json_between_nodes(connection):
    assert Connection.from_dict(json.loads(json.dumps(connection.to_dict()))) == connection


def test_settings_of_another_version_are_read_as_far_as_they_are_known():
    values = {"service": "embedded", "new": 1, "engine": {"strength": 0.3, "newer": 2}}
    assert Connection.from_dict(values) == Connection(engine=EngineOptions(strength=0.3))


@pytest.mark.parametrize(
    ("service", "base_url", "root"),
    [
        (ServiceKind.OPENAI, "", "https://api.openai.com/v1"),
        (ServiceKind.OPENAI, "https://eu.api.openai.com/v1/", "https://eu.api.openai.com/v1"),
        (ServiceKind.AZURE, "https://x.openai.azure.com/", "https://x.openai.azure.com/openai/v1"),
        (ServiceKind.AZURE, "https://x.openai.azure.com/openai/v1", None),
        (
            ServiceKind.AZURE,
            "https://x.openai.azure.com/openai",
            "https://x.openai.azure.com/openai/v1",
        ),
        (ServiceKind.COMPATIBLE, " http://localhost:9997/v1 ", "http://localhost:9997/v1"),
    ],
)
def test_the_root_of_the_api(service, base_url, root):
    connection = Connection(service=service, base_url=base_url, credential="key")
    assert connection.root == (root or base_url)


@pytest.mark.parametrize("service", [ServiceKind.OPENAI, ServiceKind.AZURE])
def test_services_with_accounts_need_a_credential(service):
    with pytest.raises(InvalidConnection, match="No credential is chosen"):
        Connection(service=service, base_url="https://host/v1")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Timeouts(connect=0), "Connect timeout is 0 seconds"),
        (lambda: Timeouts(read=float("nan")), "Read timeout is nan seconds"),
        (lambda: RetryPolicy(attempts=0), "Attempts is 0"),
        (lambda: RetryPolicy(max_wait=-1), "Longest Wait is -1 seconds"),
        (lambda: RetryPolicy(deadline=0), "Deadline is 0 seconds; it must be over 0."),
        (lambda: RetryPolicy(jitter=2), "jitter is 2"),
        (lambda: EngineOptions(strength=1.5), "Strength is 1.5; it must be 0 to 1."),
        (lambda: EngineOptions(seed=-1), "Seed is -1"),
        (lambda: EditOptions(prompt=" "), "needs 1 to 32,000"),
        (lambda: EditOptions(prompt="x" * 32_001), "has 32001 characters"),
        (lambda: EditOptions(image_field="file"), 'The image field is "file"'),
        (lambda: EditOptions(output_compression=101), "Output compression is 101"),
        (
            lambda: Connection(
                service=ServiceKind.COMPATIBLE, base_url="http://h/v1", requests_per_minute=-1
            ),
            "Requests per minute is negative",
        ),
    ],
)
def test_numbers_outside_their_range_are_refused_with_their_value(build, message):
    with pytest.raises(InvalidConnection) as refusal:
        build()
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("service", "base_url", "route", "retired"),
    [
        (ServiceKind.OPENAI, "", Route.VARIATIONS, True),
        (ServiceKind.OPENAI, "", Route.EDITS, False),
        (ServiceKind.OPENAI, "http://127.0.0.1:1/v1", Route.VARIATIONS, False),
        (ServiceKind.AZURE, "https://x.openai.azure.com", Route.VARIATIONS, True),
        (ServiceKind.EMBEDDED, "", Route.VARIATIONS, False),
    ],
)
def test_only_openai_and_azure_are_known_to_have_ended_the_call(service, base_url, route, retired):
    connection = Connection(service=service, base_url=base_url, route=route, credential="key")
    assert connection.uses_retired_call is retired


@pytest.mark.parametrize(
    ("service", "base_url", "call"),
    [
        (ServiceKind.OPENAI, "", Route.EDITS),
        (ServiceKind.AZURE, "https://x.openai.azure.com", Route.EDITS),
        (ServiceKind.COMPATIBLE, "https://api.openai.com/v1", Route.EDITS),
        (ServiceKind.COMPATIBLE, "http://127.0.0.1:1/v1", Route.VARIATIONS),
        (ServiceKind.EMBEDDED, "", Route.VARIATIONS),
    ],
)
def test_automatic_is_the_call_that_exists_there(service, base_url, call):
    connection = Connection(service=service, base_url=base_url, credential="key")
    assert connection.call is call
    assert not connection.uses_retired_call


def test_what_the_connector_found_about_a_model_is_had_by_its_name():
    connection = Connection(models=(Model("a"), Model("b", "2026-12-01")))
    assert connection.model("b").shutdown == "2026-12-01"
    assert connection.model("c") == Model("c")


@pytest.mark.parametrize(
    ("base_url", "message"),
    [
        ("", "The base URL is empty"),
        ("localhost:9997/v1", "is not an http or https address"),
        ("ftp://host/v1", "is not an http or https address"),
        ("http:///v1", "is not an http or https address"),
        ("http://host:99999/v1", "is not a valid address"),
        ("http://[::1/v1", "is not a valid address"),
        ("https://host/v1?api-version=1", "has a query or fragment"),
        ("https://host/v1/images/variations", "is the address of one call"),
    ],
)
def test_a_base_url_that_cannot_work_is_refused(base_url, message):
    with pytest.raises(InvalidConnection) as refusal:
        Connection(service=ServiceKind.COMPATIBLE, base_url=base_url)
    assert message in str(refusal.value)


@pytest.mark.parametrize("base_url", ["https://me:sk-secret@host/v1", "me:sk-secret@host/v1"])
def test_a_secret_in_the_base_url_is_refused_and_not_repeated(base_url):
    with pytest.raises(InvalidConnection) as refusal:
        Connection(service=ServiceKind.COMPATIBLE, base_url=base_url)
    assert "sk-secret" not in str(refusal.value)
    assert "put the key into a credential" in str(refusal.value)


def through(proxy):
    return Connection(service=ServiceKind.COMPATIBLE, base_url="https://host/v1", proxy=proxy)


@pytest.mark.parametrize("proxy", ["http://proxy:3128", "https://proxy.example.com/"])
def test_a_proxy_is_a_web_address_of_a_host(proxy):
    assert through(proxy).proxy == proxy


@pytest.mark.parametrize(
    "proxy", ["proxy:3128", "proxy", "socks5://proxy:1080", "http://", "http://proxy/path"]
)
def test_a_proxy_that_cannot_be_used_is_refused_with_the_right_form(proxy):
    with pytest.raises(InvalidConnection, match="write it like http://host:port"):
        through(proxy)


@pytest.mark.parametrize("proxy", ["http://me:s3cret@proxy:3128", "me:s3cret@proxy:3128"])
def test_a_password_in_the_proxy_is_refused_with_the_place_where_it_belongs(proxy):
    with pytest.raises(InvalidConnection) as refusal:
        through(proxy)
    assert "KNIME's preferences" in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Connection(service=ServiceKind.COMPATIBLE, base_url="\x1b[2J"),
        lambda: Connection(
            service=ServiceKind.COMPATIBLE, base_url="http://h/\u202e/images/variations"
        ),
        lambda: Connection(
            service=ServiceKind.COMPATIBLE, base_url="http://h/v1", proxy="socks:\x1b"
        ),
        lambda: EditOptions(image_field="\x1b"),
        lambda: Prices(text_input="\x1b"),
        lambda: bundle_to_trust("/\x1b"),
        lambda: check_certificate("/\x1b"),
    ],
)
def test_what_a_refusal_quotes_drives_no_terminal(build):
    with pytest.raises(InvalidConnection) as refused:
        build()
    assert str(refused.value).isprintable()
