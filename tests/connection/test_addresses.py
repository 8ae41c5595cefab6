import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import InvalidConnection


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
