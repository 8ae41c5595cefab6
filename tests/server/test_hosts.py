"""Which names a request may come with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from openai_images.server.hosts import Hosts
from openai_images.server.keys import KeyRing
from openai_images.server.refusal import Refusal
from openai_images.server.settings import Settings

OPEN = Settings()
KEYED = Settings(host="0.0.0.0", keys=KeyRing(["a-key-of-the-tests-1"]))


def request(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode("latin-1"))
        for name, value in headers.items()
    ]
    return Request(
        {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "headers": raw,
            "server": ("127.0.0.1", 8000),
        }
    )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_a_server_without_keys_knows_loopback_names(host):
    Hosts(OPEN).check(request(host=host))


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8000", "8.8.8.8"])
def test_a_server_without_keys_knows_no_other_name(host):
    """A page whose name was pointed to 127.0.0.1 still sends its own name."""
    with pytest.raises(Refusal, match="--public-url") as refused:
        Hosts(OPEN).check(request(host=host))
    assert (refused.value.status, refused.value.code) == (400, "invalid_host")
    Hosts(KEYED).check(request(host=host))


def test_the_public_name_is_known():
    hosts = Hosts(Settings(public_url="https://images.example.org/x"))
    hosts.check(request(host="Images.example.org"))
    hosts.check(request(host="images.example.org:443"))
    with pytest.raises(Refusal):
        hosts.check(request(host="other.example.org"))


@pytest.mark.parametrize(
    "host", ["a b", "a/b", "a@b", "", "a:b", "a:123456", "x" * 300, "<script>"]
)
def test_what_is_no_name_is_refused_by_every_server(host):
    for settings in (OPEN, KEYED):
        with pytest.raises(Refusal) as refused:
            Hosts(settings).check(request(host=host))
        assert refused.value.code == "invalid_host"


def test_a_foreign_page_cannot_use_a_server_without_keys():
    foreign = request(host="localhost:8000", sec_fetch_site="cross-site")
    with pytest.raises(Refusal) as refused:
        Hosts(OPEN).check(foreign)
    assert (refused.value.status, refused.value.code) == (403, "cross_site_request")
    Hosts(KEYED).check(foreign)  # a page of any site may show a result
    Hosts(OPEN).check(request(host="localhost:8000", sec_fetch_site="same-origin"))


@pytest.mark.parametrize("settings", [OPEN, KEYED])
@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://localhost:8001",
        "http://localhost",
        "http://localhost:8000.evil.example",
        "http://evil.example/localhost:8000",
        "null",
        "",
        "localhost:8000",
        "file://localhost:8000",
    ],
)
def test_a_foreign_origin_is_refused(settings, origin):
    with pytest.raises(Refusal, match="--allow-origin") as refused:
        Hosts(settings).check(request(host="localhost:8000", origin=origin))
    assert (refused.value.status, refused.value.code) == (403, "cross_site_request")


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_origin_but_its_own_gets_in(origin):
    own = {"http://localhost:8000", "https://localhost:8000"}
    named = request(
        host="localhost:8000", origin=origin.encode("latin-1", "replace").decode("latin-1")
    )
    if origin.lower() not in own:
        with pytest.raises(Refusal):
            Hosts(OPEN).check(named)


def test_its_own_origin_and_those_that_are_allowed_get_in():
    Hosts(OPEN).check(request(host="localhost:8000", origin="http://localhost:8000"))
    Hosts(OPEN).check(request(host="Localhost:8000", origin="HTTP://localhost:8000"))
    Hosts(OPEN).check(request(host="[::1]:8000", origin="http://[::1]:8000"))
    public = Hosts(Settings(public_url="https://images.example.org/x"))
    public.check(request(host="localhost:8000", origin="https://images.example.org"))
    allowing = Hosts(Settings(allow_origins=("https://app.example.org",)))
    allowing.check(
        request(host="localhost", origin="https://app.example.org", sec_fetch_site="cross-site")
    )
    with pytest.raises(Refusal):
        allowing.check(request(host="localhost", origin="http://app.example.org"))


def test_one_of_two_origins_is_not_enough():
    two = request(host="localhost:8000", origin="http://localhost:8000")
    two.scope["headers"].append((b"origin", b"https://evil.example"))
    with pytest.raises(Refusal):
        Hosts(OPEN).check(Request(two.scope))


def test_addresses_are_on_the_public_url_or_the_name_that_the_client_used():
    assert Hosts(OPEN).address(request(host="localhost:8000"), "/x") == "http://localhost:8000/x"
    assert Hosts(OPEN).address(request(), "/x") == "http://127.0.0.1:8000/x"
    public = Hosts(Settings(public_url="https://images.example.org/"))
    assert public.address(request(host="localhost"), "/x") == "https://images.example.org/x"
