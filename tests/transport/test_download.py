"""Pictures behind addresses: of results, guarded; and of the user's own choice."""

from __future__ import annotations

import socket

import pytest

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import InvalidPicture, NoAnswer
from openai_images.options import RetryPolicy
from openai_images.secret import Secret
from openai_images.transport import Transport
from openai_images.transport.limits import MAX_DOWNLOAD_BYTES, MAX_REDIRECTS

from ..faults.fault import answers, in_turn
from ..faults.server import FaultServer, Peer, closed_port

SECRET = Secret("sk-0123456789", name="k")


def transport(address: str, **fields) -> Transport:
    policy = RetryPolicy(attempts=2, base_delay=0.01)
    values = {"base_url": f"http://{address}/v1", "retry": policy, **fields}
    return Transport(Connection(service=ServiceKind.COMPATIBLE, **values), SECRET)


def chosen(url: str) -> bytes:
    """The picture at an address that the user chose, on a connection that has nothing to do."""
    return transport("127.0.0.1:1").fetch_picture(url)


@pytest.fixture
def name_server(monkeypatch):
    """Addresses by name, asked before the system's own name server."""
    names: dict[str, str] = {}
    ask = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *rest, **more: ask(names.get(host, host), *rest, **more)
    )
    return names


def test_the_service_itself_gets_the_key_for_its_own_results():
    with FaultServer(answers(200, b"picture")) as server:
        content = transport(server.address).download(f"http://{server.address}/files/1.png?sig=1")
    assert content == b"picture"
    assert server.received[0].line == "GET /files/1.png?sig=1 HTTP/1.1"
    assert server.received[0].headers["authorization"] == "Bearer sk-0123456789"


def test_another_port_of_the_service_s_host_is_inside():
    with FaultServer(answers(200, b"picture")) as files, FaultServer(answers(200)) as server:
        for host in ("127.0.0.1", "localhost"):
            with pytest.raises(NoAnswer, match="own address and port"):
                transport(server.address).download(f"http://{host}:{files.port}/1.png")
    assert files.connections == 0


def test_a_name_that_led_outside_may_not_lead_inside_later(name_server):
    """The service's own name is judged too, once its address is not the one it was called at."""
    with FaultServer(answers(200, b"picture")) as server:
        name_server["images.test"] = "127.0.0.1"
        own = transport("", base_url=f"http://images.test:{server.port}/v1", allow_plain_http=True)
        own.get("/models")
        url = f"http://images.test:{server.port}/1.png"
        assert own.download(url) == b"picture"
        name_server["images.test"] = "127.0.0.2"
        with pytest.raises(NoAnswer, match=r"leads to 127\.0\.0\.2"):
            own.download(url)
    assert len(server.received) == 2


def test_before_any_call_only_an_address_in_the_base_url_is_known(name_server):
    name_server["images.test"] = "127.0.0.1"
    with FaultServer(answers(200, b"picture")) as server:
        own = transport("", base_url=f"http://images.test:{server.port}/v1", allow_plain_http=True)
        with pytest.raises(NoAnswer, match=r"leads to 127\.0\.0\.1"):
            own.download(f"http://images.test:{server.port}/1.png")
    assert server.connections == 0


def test_the_key_is_dropped_on_the_way_to_another_origin(monkeypatch):
    with FaultServer(answers(200, b"picture")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")

        def redirect(peer: Peer) -> None:
            peer.read()
            peer.answer(302, location="http://pictures.test/1.png")

        with FaultServer(redirect) as server:
            url = f"http://{server.address}/1.png"
            assert transport(server.address).download(url) == b"picture"
    assert "authorization" in server.received[0].headers
    assert "authorization" not in proxy.received[0].headers


def test_other_hosts_get_no_key_through_a_proxy_either(monkeypatch):
    with FaultServer(answers(200, b"picture")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        url = "http://pictures.test/1.png"
        assert transport("127.0.0.1:1").download(url) == b"picture"
    assert proxy.received[0].line == f"GET {url} HTTP/1.1"
    assert "authorization" not in proxy.received[0].headers


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "0x0a000001", "10.1", "[fc00::1]"])
def test_a_proxy_is_not_asked_for_addresses_inside(monkeypatch, host):
    with FaultServer(answers(200, b"picture")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        with pytest.raises(NoAnswer, match="inside this network"):
            transport("127.0.0.1:1").download(f"http://{host}/1.png")
    assert proxy.connections == 0


def test_relative_redirects_are_followed_up_to_the_limit():
    def serve(peer: Peer) -> None:
        peer.read()
        if peer.number <= redirects:
            peer.answer(307, location=f"/{peer.number}.png?x=1#fragment")
        else:
            peer.answer(200, b"picture")

    for redirects, found in ((MAX_REDIRECTS, True), (MAX_REDIRECTS + 1, False)):
        with FaultServer(serve) as server:
            url = f"http://{server.address}/0.png"
            if found:
                assert transport(server.address).download(url) == b"picture"
                assert server.received[-1].line == f"GET /{redirects}.png?x=1 HTTP/1.1"
            else:
                with pytest.raises(NoAnswer, match="redirects"):
                    transport(server.address).download(url)


def test_a_picture_may_have_the_most_bytes():
    body = bytes(MAX_DOWNLOAD_BYTES)
    with FaultServer(answers(200, body)) as server:
        assert len(chosen(f"http://{server.address}/1.png")) == MAX_DOWNLOAD_BYTES
    with FaultServer(answers(200, body + b"x")) as server:
        url = f"http://{server.address}/1.png"
        with pytest.raises(InvalidPicture, match="larger than 50 MiB"):
            chosen(url)


def test_the_user_s_own_picture_may_lie_inside_and_no_key_goes_there():
    with FaultServer(in_turn(answers(503, b"", retry_after="0"), answers(200, b"cat"))) as server:
        assert chosen(f"http://localhost:{server.port}/cat.png?token=1") == b"cat"
    assert len(server.received) == 2
    assert "authorization" not in server.received[0].headers


def test_not_even_the_service_itself_gets_the_key_with_the_user_s_own_picture():
    with FaultServer(answers(200, b"cat")) as server:
        assert transport(server.address).fetch_picture(f"http://{server.address}/cat.png") == b"cat"
    assert "authorization" not in server.received[0].headers


def test_the_user_s_own_picture_comes_through_the_connection_s_proxy():
    with FaultServer(answers(200, b"cat")) as proxy:
        behind = transport("127.0.0.1:1", proxy=f"http://{proxy.address}")
        assert behind.fetch_picture("http://pictures.test/cat.png") == b"cat"
    assert proxy.received[0].line.startswith("GET http://pictures.test/cat.png")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://host/cat.png", "only http and https"),
        ("http://me:word@host/cat.png", "user name or password"),
        ("http://[::1/cat.png", "not valid"),
        ("http://host:99999999/cat.png", "not valid"),
        ("http:///cat.png", "only http and https"),
        ("cat.png", "only http and https"),
    ],
)
def test_addresses_that_are_not_fetched(url, says):
    with pytest.raises(InvalidPicture, match=says) as caught:
        chosen(url)
    assert "word" not in str(caught.value).replace("password", "")


def test_a_picture_that_is_gone():
    with FaultServer(answers(404)) as server:
        url = f"http://{server.address}/cat.png?token=open-sesame"
        with pytest.raises(InvalidPicture, match=r"cat\.png gave HTTP 404") as caught:
            chosen(url)
    assert "open-sesame" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_result_whose_host_is_down():
    with closed_port() as port, pytest.raises(NoAnswer, match="refused the connection"):
        transport(f"127.0.0.1:{port}").download(f"http://127.0.0.1:{port}/1.png")
