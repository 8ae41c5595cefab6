"""The connector's network options, from the dialog to the wire."""

import base64
import json
import ssl

import pytest
import trustme
from pytest_httpserver import HTTPServer

from knime_headless import NodeFailed

from .conftest import KEY


@pytest.fixture
def send(connector, vary, credentials, picture):
    """Runs the chain with some settings of the connector; gives the rows."""

    def run(base_url, **network):
        settings = {
            "service": "COMPATIBLE",
            "base_url": base_url,
            "credentials": "openai",
            "check_connection": False,
            "retries": {"attempts": 1},
            "network": {"allow_plain_http": True, **network},
        }
        made = connector.execute(settings, [], credentials=credentials)
        options = {"image": str(picture), "result_format": "IMAGES"}
        result = vary.execute(options, made.outputs, credentials=credentials)
        return result.outputs[0].to_pandas().to_dict("records")

    return run


def answer(server, png):
    body = {"created": 1, "data": [{"b64_json": base64.b64encode(png).decode()}]}
    server.expect_request("/v1/images/variations", "POST").respond_with_json(body)


@pytest.fixture
def no_proxy_settings(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.usefixtures("no_proxy_settings")
def test_the_proxy_is_the_connectors_or_else_that_of_knime(
    send, httpserver, png, monkeypatch, by_hand
):
    answer(httpserver, png)
    proxy = httpserver.url_for("").rstrip("/")
    if not by_hand:
        # What KNIME sets in the process of a node, from its preferences.
        monkeypatch.setenv("http_proxy", proxy)
    (row,) = send("http://images.example/v1", **({"proxy": proxy} if by_hand else {}))
    assert row["Width"] == 64
    assert httpserver.log[0][0].headers["Host"] == "images.example"


@pytest.mark.usefixtures("no_proxy_settings")
def test_a_proxy_that_is_not_there_is_named_with_its_option(send):
    with pytest.raises(NodeFailed, match="Check Proxy") as failure:
        send("https://images.example/v1", proxy="http://127.0.0.1:9")
    assert "127.0.0.1:9" in failure.value.message
    assert KEY not in failure.value.message


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def guarded(authority):
    """A server behind a company's own authority that wants to know by certificate who calls."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    with HTTPServer(host="127.0.0.1", ssl_context=context) as server:
        yield server


def test_a_ca_bundle_and_a_client_certificate_open_a_guarded_service(
    send, guarded, authority, png, tmp_path
):
    answer(guarded, png)
    bundle, mine = tmp_path / "ca.pem", tmp_path / "me.pem"
    authority.cert_pem.write_to_path(bundle)
    authority.issue_cert("me.example").private_key_and_cert_chain_pem.write_to_path(mine)
    (row,) = send(guarded.url_for("/v1"), ca_bundle=str(bundle), client_certificate=str(mine))
    assert row["Width"] == 64


def test_without_the_ca_bundle_the_option_is_named(send, guarded):
    with pytest.raises(NodeFailed, match="CA bundle"):
        send(guarded.url_for("/v1"))


def test_only_the_path_of_a_client_certificate_is_stored(connector, authority, tmp_path):
    mine = tmp_path / "me.pem"
    issued = authority.issue_cert("me.example").private_key_and_cert_chain_pem
    issued.write_to_path(mine)
    settings = {
        "service": "COMPATIBLE",
        "base_url": "https://h/v1",
        "network": {"client_certificate": str(mine)},
    }
    stored = json.dumps(connector.configure(settings, []).specs[0].serialize())
    assert str(mine) in stored
    assert "PRIVATE KEY" not in stored
