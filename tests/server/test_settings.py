"""What the operator may choose."""

from __future__ import annotations

import pytest

from openai_images.addresses import is_loopback
from openai_images.errors import InvalidSettings
from openai_images.server.keys import KeyRing
from openai_images.server.settings import Limits, Settings

KEYS = KeyRing(["a-key-of-the-tests-1"])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback_needs_no_keys(host):
    assert is_loopback(host)
    assert not Settings(host=host).keys


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", "", "localhost.x"])
def test_any_other_address_needs_keys(host):
    with pytest.raises(InvalidSettings, match="OPENAI_IMAGES_API_KEYS"):
        Settings(host=host)
    assert Settings(host=host, keys=KEYS).host == host


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"port": -1}, "Port is -1"),
        ({"port": 65_536}, "Port is 65536"),
        ({"queue": -1}, "Queue is -1"),
        ({"workers": 0}, "Workers is 0"),
        ({"connections": 0}, "Connections is 0"),
        ({"result_seconds": float("nan")}, "Result seconds is nan"),
        ({"public_url": "images.example.org"}, "public URL"),
        ({"public_url": "ftp://images.example.org"}, "public URL"),
        ({"public_url": "https://user@images.example.org"}, "public URL"),
        ({"public_url": "https://[images"}, "public URL"),
        ({"public_url": "https://images.example.org/?a=b"}, "public URL"),
        ({"allow_origins": ("*",)}, r'The origin "\*" cannot be allowed'),
        ({"allow_origins": ("https://app.example.org/",)}, "cannot be allowed"),
        ({"allow_origins": ("https://a.example", "null")}, '"null" cannot be allowed'),
    ],
)
def test_values_out_of_range_are_named(values, message):
    with pytest.raises(InvalidSettings, match=message):
        Settings(**values)


def test_limits_are_positive():
    with pytest.raises(InvalidSettings, match="Body bytes is 0; it must be more than 0"):
        Limits(body_bytes=0)


def test_a_queue_of_none_leaves_the_workers():
    assert Settings(workers=3, queue=0).capacity == 3
