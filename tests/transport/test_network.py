"""Proxies, and the certificates to trust."""

from __future__ import annotations

import os

import pytest
import trustme

from openai_images.errors import InvalidConnection
from openai_images.transport.network import (
    bundle_to_trust,
    check_certificate,
    route_to,
)

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in (*VARIABLES, "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_process_s_proxy_is_used_and_shown_without_its_password(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://me:pass@proxy.test:3128/")
    route = route_to("https://images.test/v1", 1)
    assert route.proxy_url == "http://me:pass@proxy.test:3128/"
    assert route.proxy == "proxy.test:3128"
    assert "pass" not in repr(route)


def test_the_connection_s_own_proxy_comes_first(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://other.test:1")
    assert (
        route_to("https://images.test/v1", 1, own_proxy="http://own.test:2").proxy == "own.test:2"
    )


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v1", "http://127.0.0.1/v1", "https://images.test/v1"]
)
def test_no_proxy_for_this_machine_and_where_none_is_wanted(monkeypatch, url):
    monkeypatch.setenv("http_proxy", "http://proxy.test:1")
    monkeypatch.setenv("https_proxy", "http://proxy.test:1")
    monkeypatch.setenv("no_proxy", "images.test")
    route = route_to(url, 1)
    assert route.proxy is None
    assert route.proxy_url == ""


def test_the_chosen_bundle_comes_before_the_environment_s(monkeypatch, tmp_path):
    paths = [tmp_path / "own.pem", tmp_path / "environment.pem"]
    for path in paths:
        trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(paths[1]))
    assert bundle_to_trust(str(paths[0])) == str(paths[0])
    assert bundle_to_trust("") == str(paths[1])
    assert bundle_to_trust(str(tmp_path)) == str(tmp_path)


def test_a_bundle_that_was_changed_is_read_again(tmp_path):
    path = tmp_path / "bundle.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    bundle_to_trust(str(path))
    path.write_text("not a certificate")
    os.utime(path, (0, 0))
    with pytest.raises(InvalidConnection, match="no file of PEM certificates"):
        bundle_to_trust(str(path))


def test_without_any_bundle_the_public_authorities_are_trusted():
    assert bundle_to_trust("") == ""
    assert route_to("https://images.test", 1).trust == "the public authorities"


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_bundles_that_cannot_be_used(tmp_path, content):
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidConnection, match=r"bundle\.pem"):
        bundle_to_trust(str(path))


def test_a_client_certificate_is_tried_before_it_is_needed(tmp_path):
    good = tmp_path / "good.pem"
    trustme.CA().issue_cert("client.test").private_key_and_cert_chain_pem.write_to_path(str(good))
    check_certificate(str(good))
    check_certificate("")
    without_key = tmp_path / "bad.pem"
    trustme.CA().cert_pem.write_to_path(str(without_key))
    with pytest.raises(InvalidConnection, match="unencrypted key"):
        check_certificate(str(without_key))
    with pytest.raises(InvalidConnection, match="does not exist"):
        check_certificate(str(tmp_path / "missing.pem"))
