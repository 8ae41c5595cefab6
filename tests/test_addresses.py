"""Addresses of this machine, of networks inside, and of the internet."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.addresses import is_loopback, is_public, literal_address


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
        "fec0::1",
        "192.88.99.1",
        "3fff::1",
        "3fff:fff::1",
        "[::1]",
        "::127.0.0.1",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "64:ff9b:1::a00:1",
        "5f00::1",
        "100::1",
        "not an address",
        "",
    ],
)
def test_addresses_inside(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "8.8.8.8",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
    ],
)
def test_addresses_outside(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv6_spelling_changes_nothing(address):
    number = int(address)
    spellings = (0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80)
    judged = {is_public(str(ipaddress.IPv6Address(spelling))) for spelling in spellings}
    assert judged == {is_public(str(address))}


@given(st.ip_addresses(v=4))
def test_only_the_mapped_spelling_of_this_machine_is_this_machine(address):
    assert is_loopback(f"::ffff:{address}") == is_loopback(str(address)) == address.is_loopback


SPECIAL = st.sampled_from(
    [
        "10.0.0.0/8",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "fec0::/10",
        "3fff::/20",
        "fc00::/7",
        "2001::/32",
    ]
).flatmap(lambda network: st.ip_addresses(network=network))


@given(st.ip_addresses().filter(lambda address: not _stands_for_another(address)))
def test_nothing_is_public_that_python_says_is_not(address):
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast


@given(SPECIAL)
def test_special_networks_are_not_public(address):
    assert not is_public(str(address))


@given(st.text(max_size=60))
def test_any_text_can_be_judged(text):
    assert not (is_public(text) and is_loopback(text))
    literal_address(text.replace("\0", ""))


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "127.0.0.1",
        "127.9.9.9",
        "::1",
        "[::1]",
        "::ffff:127.0.0.1",
        "[::ffff:7f00:1]",
    ],
)
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost.evil",
        "127.0.0.1.evil",
        "10.0.0.1",
        "",
        "0",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::ffff:10.0.0.1",
        "fe80::1",
    ],
)
def test_other_machines(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", None),
        ("images.test", None),
    ],
)
def test_an_address_in_any_spelling_is_no_name(host, address):
    assert literal_address(host) == address


def _stands_for_another(address) -> bool:
    if address.version == 4:
        return False
    nat64 = ipaddress.ip_network("64:ff9b::/96")
    return bool(address.ipv4_mapped or address.sixtofour or address in nat64)
