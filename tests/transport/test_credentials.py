"""Where the key goes, where it never goes, and how it is taken out of answers."""

from __future__ import annotations

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import InvalidConnection, InvalidCredential
from openai_images.secret import Secret
from openai_images.transport.credentials import (
    check_credentials,
    request_headers,
    same_origin,
)

KEY = "sk-abc/def+ghi=jkl?mno"
SECRET = Secret(KEY, name="k")
ROOT = "https://api.test/v1"


def connection(**fields) -> Connection:
    values = {"service": ServiceKind.COMPATIBLE, "base_url": ROOT, "credential": "k", **fields}
    return Connection(**values)


def test_the_key_and_the_account_go_to_the_service():
    own = connection(organization=" org ", project="proj", headers=(("X-Team", "red"),))
    headers = request_headers(own, SECRET, ROOT + "/images/variations")
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["OpenAI-Organization"] == "org"
    assert headers["OpenAI-Project"] == "proj"
    assert headers["X-Team"] == "red"


def test_azure_takes_the_key_in_a_header_of_its_own():
    azure = connection(service=ServiceKind.AZURE, base_url="https://me.openai.azure.com")
    headers = request_headers(azure, SECRET, azure.root + "/images/edits")
    assert headers["api-key"] == KEY
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    "url",
    [
        "https://api.test.evil/v1",
        "https://evil/?https://api.test/v1",
        "https://api.test@evil/",
        "https://api.test:444/v1",
        "http://api.test/v1",
        "https://sub.api.test/v1",
        "//api.test/v1",
    ],
)
def test_nobody_else_gets_key_or_account(url):
    own = connection(organization="org", headers=(("X-Team", "red"),))
    headers = request_headers(own, SECRET, url)
    assert set(headers) == {"User-Agent", "Accept", "Accept-Encoding", "Connection"}


@pytest.mark.parametrize("url", ["https://API.test:443/x", "HTTPS://api.test./x"])
def test_spelling_does_not_change_an_origin(url):
    assert same_origin(url, ROOT)


def test_without_a_key_none_is_sent():
    assert "Authorization" not in request_headers(connection(), None, ROOT)


@pytest.mark.parametrize("host", ["images.test", "10.0.0.1", "[::ffff:10.0.0.1]", "localhost.test"])
def test_the_key_does_not_travel_unencrypted_to_another_machine(host):
    with pytest.raises(InvalidConnection, match="unencrypted") as caught:
        check_credentials(connection(base_url=f"http://{host}/v1"), SECRET)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "secret"),
    [
        ({"base_url": "http://localhost:1/v1"}, SECRET),
        ({"base_url": "http://127.9.9.9:1/v1"}, SECRET),
        ({"base_url": "http://[::1]:1/v1"}, SECRET),
        ({"base_url": "http://images.test/v1", "allow_plain_http": True}, SECRET),
        ({"base_url": "http://images.test/v1"}, None),
        ({"base_url": "https://images.test/v1"}, SECRET),
    ],
)
def test_what_may_travel(fields, secret):
    check_credentials(connection(**fields), secret)


def test_a_service_that_needs_a_key_is_not_called_without():
    with pytest.raises(InvalidCredential, match="needs an API key"):
        check_credentials(Connection(service=ServiceKind.OPENAI, credential="k"), None)


@pytest.mark.parametrize("name", ["Content-Length", "host", "a b", "", "a:b", "a\r\nb"])
def test_headers_that_cannot_be_added(name):
    with pytest.raises(InvalidConnection, match="cannot be an additional header"):
        check_credentials(connection(headers=((name, "x"),)), None)


@pytest.mark.parametrize("value", ["a\r\nb: c", "a\0", "für", "\x7f"])
def test_header_values_that_cannot_be_sent_are_not_quoted(value):
    with pytest.raises(InvalidConnection, match="line breaks or characters") as caught:
        check_credentials(connection(organization=value, headers=(("X-A", value),)), None)
    assert value not in str(caught.value)
