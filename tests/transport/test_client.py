"""The calls of the API over a real connection."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
import trustme

from openai_images.connection import Connection, ServiceKind
from openai_images.errors import BadAnswer, Canceled, ErrorAnswer, InvalidConnection, NoAnswer
from openai_images.options import RetryPolicy
from openai_images.secret import Secret
from openai_images.transport import FilePart, Transport

from ..faults.fault import answers, images
from ..faults.server import FaultServer, Peer
from .clock import DrivenClock
from .watching import Watcher

SECRET = Secret("sk-0123456789", name="k")
PICTURE = FilePart("image", "cat.png", b"PNG", "image/png")


def connection(address: str, **fields) -> Connection:
    values = {"base_url": f"http://{address}/v1", "retry": RetryPolicy(attempts=1), **fields}
    return Connection(service=ServiceKind.COMPATIBLE, **values)


def test_a_form_arrives_as_the_contract_says():
    with FaultServer(answers(200, images(), x_request_id="req_1")) as server:
        with_account = connection(server.address, organization="org", headers=(("X-A", "b"),))
        transport = Transport(with_account, SECRET)
        answer = transport.post_form("/images/variations", [("n", "2")], [PICTURE])
    assert answer.status == 200
    assert answer.request_id == "req_1"
    (request,) = server.received
    assert request.line == "POST /v1/images/variations HTTP/1.1"
    assert request.headers["authorization"] == "Bearer sk-0123456789"
    assert request.headers["openai-organization"] == "org"
    assert request.headers["x-a"] == "b"
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert int(request.headers["content-length"]) == len(request.body)
    assert request.body.index(b'name="n"') < request.body.index(b'name="image"')


def test_the_netrc_file_does_not_replace_the_key(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with FaultServer(answers(200, b"{}")) as server:
        Transport(connection(server.address), SECRET).get("/models")
    assert server.received[0].headers["authorization"] == "Bearer sk-0123456789"


def test_cookies_are_not_kept():
    with FaultServer(answers(200, b"{}", set_cookie="session=1")) as server:
        transport = Transport(connection(server.address))
        transport.get("/a")
        transport.get("/b")
    assert "cookie" not in server.received[1].headers


def test_an_http_error_is_an_answer():
    with FaultServer(answers(400, b"why")) as server:
        answer = Transport(connection(server.address)).post_form("/a", [], [])
    assert (answer.status, answer.text) == (400, "why")


def test_closing_ends_the_calls_of_other_threads():
    started, outcome = threading.Event(), []

    def serve(peer: Peer) -> None:
        peer.read()
        started.set()
        peer.wait_until_left()

    def call() -> None:
        try:
            transport.get("/slow")
        except Canceled as error:
            outcome.append(error)

    with FaultServer(serve) as server:
        transport = Transport(connection(server.address))
        calling = threading.Thread(target=call)
        calling.start()
        assert started.wait(10)
        transport.close()
        calling.join(5)
    assert outcome


def test_models_that_cannot_be_listed():
    with FaultServer(answers(404, {"detail": "Not Found"})) as server, pytest.raises(ErrorAnswer):
        Transport(connection(server.address)).list_models()
    with (
        FaultServer(answers(200, b"<html>")) as server,
        pytest.raises(BadAnswer, match="not with a list"),
    ):
        Transport(connection(server.address)).list_models()


def test_image_models_are_listed_by_name():
    listed = {"data": [{"id": "gpt-image-2"}, {"id": "gpt-5"}, {"id": "dall-e-2"}, 1, {}]}
    with FaultServer(answers(200, listed)) as server:
        models = Transport(connection(server.address)).list_models()
    assert [model.name for model in models] == ["dall-e-2", "gpt-image-2"]


@pytest.fixture
def authority(tmp_path):
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "trusted.pem"))
    client = authority.issue_cert("client.test")
    client.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "client.pem"))
    return authority


def _tls(authority: trustme.CA, *, asks_who: bool, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    if asks_who:
        context.verify_mode = ssl.CERT_REQUIRED
        authority.configure_trust(context)
    return context


def test_a_private_authority_is_trusted_through_its_bundle(authority, tmp_path):
    with FaultServer(answers(200, b"[]"), tls=_tls(authority, asks_who=False)) as server:
        trusting = connection(
            server.address,
            base_url=f"https://{server.address}/v1",
            ca_bundle=str(tmp_path / "trusted.pem"),
        )
        assert Transport(trusting, SECRET).get("/models").status == 200


def test_a_service_that_asks_who_calls_gets_the_client_certificate(authority, tmp_path):
    with FaultServer(answers(200, b"[]"), tls=_tls(authority, asks_who=True)) as server:
        fields = {
            "base_url": f"https://{server.address}/v1",
            "ca_bundle": str(tmp_path / "trusted.pem"),
        }
        proven = connection("", **fields, client_certificate=str(tmp_path / "client.pem"))
        assert Transport(proven, SECRET).get("/models").status == 200
        with pytest.raises(NoAnswer):
            Transport(connection("", **fields), SECRET).get("/models")


def test_settings_that_cannot_work_are_refused_before_any_call(tmp_path):
    for fields in (
        {"ca_bundle": str(tmp_path / "none.pem")},
        {"client_certificate": str(tmp_path / "none.pem")},
        {"headers": (("Host", "x"),)},
    ):
        with pytest.raises(InvalidConnection):
            Transport(connection("127.0.0.1:1", **fields))


def test_through_a_proxy_the_service_gets_the_key_and_the_proxy_its_password(monkeypatch):
    with FaultServer(answers(200, b"[]")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://me:word@{proxy.address}")
        plain = connection("images.test", allow_plain_http=True)
        Transport(plain, SECRET).get("/models", Watcher())
    (request,) = proxy.received
    assert request.line == "GET http://images.test/v1/models HTTP/1.1"
    assert request.headers["proxy-authorization"] == "Basic bWU6d29yZA=="
    assert request.headers["authorization"] == "Bearer sk-0123456789"


def test_a_tunnel_is_asked_for_without_the_key(monkeypatch):
    def refuse(peer: Peer) -> None:
        peer.read_head()
        peer.answer(403)

    with FaultServer(refuse) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        with pytest.raises(NoAnswer, match="403"):
            Transport(connection("", base_url="https://images.test/v1"), SECRET).get("/models")
    (request,) = proxy.received
    assert request.line == "CONNECT images.test:443 HTTP/1.0" or "HTTP/1.1" in request.line
    assert "authorization" not in request.headers


def test_through_a_tunnel_only_the_service_sees_the_key(monkeypatch, authority, tmp_path):
    passed = bytearray()

    def tunnel(peer: Peer) -> None:
        peer.read_head()
        peer.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        with socket.create_connection(("127.0.0.1", service.port)) as onward:
            back = threading.Thread(target=_pump, args=(onward, peer.sock, bytearray()))
            back.start()
            _pump(peer.sock, onward, passed)
            back.join(10)

    context = _tls(authority, asks_who=False, name="images.test")
    with FaultServer(answers(200, b"[]"), tls=context) as service, FaultServer(tunnel) as proxy:
        monkeypatch.setenv("https_proxy", f"http://{proxy.address}")
        behind = connection(
            "", base_url="https://images.test/v1", ca_bundle=str(tmp_path / "trusted.pem")
        )
        assert Transport(behind, SECRET).get("/models").status == 200
    assert service.received[0].headers["authorization"] == "Bearer sk-0123456789"
    assert "authorization" not in proxy.received[0].headers
    assert passed
    assert b"sk-0123456789" not in passed


def _pump(source: socket.socket, target: socket.socket, record: bytearray) -> None:
    try:
        while chunk := source.recv(65_536):
            record += chunk
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


def test_each_call_is_made_and_masked_with_the_token_that_is_valid_then():
    tokens = iter(["token-number-1", "token-number-2", "token-number-2"])
    secret = Secret.of_token(lambda: next(tokens))
    with FaultServer(answers(200, b'"token-number-1 token-number-2"')) as server:
        transport = Transport(connection(server.address), secret)
        bodies = [transport.get("/models").body for _ in range(2)]
    sent = [request.headers["authorization"] for request in server.received]
    assert sent == ["Bearer token-number-2"] * 2
    assert bodies == [b'"token-number-1 [key]"'] * 2


@pytest.mark.parametrize(("shares", "waited"), [(True, 60.0), (False, 0.0)])
def test_a_rate_limit_counts_the_calls_of_others_unless_it_is_of_this_transport_alone(
    shares, waited
):
    clock = DrivenClock()
    with FaultServer(answers(200, b"{}")) as server:
        limited = connection(server.address, requests_per_minute=1)
        for _ in range(2):
            transport = Transport(limited, SECRET, clock, shares_rate_limit=shares)
            assert transport.get("/models").status == 200
    assert clock.slept == pytest.approx(waited, abs=1)
