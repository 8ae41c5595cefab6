"""Which names a request may come with."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from openai_images.server.hosts import Hosts
from openai_images.server.keys import KeyRing
from openai_images.server.refusal import Refusal
from openai_images.server.settings import Settings

OPEN = Settings()
KEYED = Settings(host="0.0.0.0", keys=KeyRing(["a-key-of-the-tests-1"]))


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
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
    Hosts(KEYED).check(foreign)
    Hosts(OPEN).check(request(host="localhost:8000", sec_fetch_site="same-origin"))


def test_addresses_are_on_the_public_url_or_the_name_that_the_client_used():
    assert Hosts(OPEN).address(request(host="localhost:8000"), "/x") == "http://localhost:8000/x"
    assert Hosts(OPEN).address(request(), "/x") == "http://127.0.0.1:8000/x"
    public = Hosts(Settings(public_url="https://images.example.org/"))
    assert public.address(request(host="localhost"), "/x") == "https://images.example.org/x"
