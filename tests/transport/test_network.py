"""Addresses inside and outside, proxies, and the certificates to trust."""

from __future__ import annotations

import ipaddress

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidConnection
from openai_images.transport.network import (
    bundle_to_trust,
    check_certificate,
    is_loopback,
    is_public,
    route_to,
)

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    for name in (*VARIABLES, "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "ff02::1",
        "2001:db8::1",
        "not an address",
        "",
    ],
)
def test_addresses_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_outside(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv6_spelling_changes_nothing(address):
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(str(mapped)) == is_public(str(address))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "127.0.0.1", "::1", "::ffff:127.0.0.1"]
)
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.evil", "127.0.0.1.evil", "10.0.0.1", "", "0"])
def test_other_machines(host):
    assert not is_loopback(host)


def test_the_process_s_proxy_is_used_and_shown_without_its_password(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://me:pass@proxy.test:3128/")
    route = route_to("https://images.test/v1", 1)
    assert route.proxies["https"] == "http://me:pass@proxy.test:3128/"
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
    assert route.proxies == {}


def test_the_chosen_bundle_comes_before_the_environment_s(monkeypatch, tmp_path):
    paths = [tmp_path / "own.pem", tmp_path / "environment.pem"]
    for path in paths:
        trustme.CA().cert_pem.write_to_path(str(path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(paths[1]))
    assert bundle_to_trust(str(paths[0])) == str(paths[0])
    assert bundle_to_trust("") == str(paths[1])
    assert bundle_to_trust(str(tmp_path)) == str(tmp_path)


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
