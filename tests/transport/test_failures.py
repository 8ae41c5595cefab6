"""Sentences for failures that no server on loopback can provoke; the others are in the table."""

from __future__ import annotations

import ssl

import pytest
import urllib3.exceptions as u3

from openai_images.transport.failures import explain
from openai_images.transport.network import NetworkRoute
from openai_images.transport.sockets import Dialer

KEY = "sk-0123456789"


def ssl_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, f"[SSL: {reason}] (_ssl.c:1)")
    error.reason = reason
    return error


def told(error: Exception, *, has_sent: bool = False, proxy: str | None = None):
    dialer = Dialer(lambda _: True, lambda _: None, 30)
    dialer.has_sent = has_sent
    return explain(error, dialer, NetworkRoute("host:443", 10, proxy=proxy))


@pytest.mark.parametrize("reason", ["TLSV13_ALERT_CERTIFICATE_REQUIRED", "TLSV1_ALERT_UNKNOWN_CA"])
@pytest.mark.parametrize("has_sent", [True, False])
def test_a_client_certificate_that_is_missing_or_refused(reason, has_sent):
    failure = told(u3.SSLError(ssl_error(reason)), has_sent=has_sent)
    assert "Check the client certificate" in failure.message
    assert not failure.has_sent
    assert failure.is_final


def test_any_other_handshake_names_its_reason():
    failure = told(u3.SSLError(ssl_error("NO_PROTOCOLS_AVAILABLE")))
    assert "NO_PROTOCOLS_AVAILABLE" in failure.message
    assert failure.is_final


def test_tls_that_breaks_later_is_a_broken_connection():
    failure = told(u3.SSLError(ssl_error("BAD_RECORD_MAC")), has_sent=True)
    assert "broke" in failure.message
    assert failure.has_sent


def test_a_network_that_is_unreachable():
    failure = told(u3.ProtocolError("aborted", OSError(101, "Network is unreachable")))
    assert failure.message.startswith("host:443")
    assert not failure.has_sent
    assert not failure.is_final


@pytest.mark.parametrize("has_sent", [True, False])
def test_what_nobody_foresaw_is_named_by_its_kind_alone(has_sent):
    failure = told(RuntimeError(KEY), has_sent=has_sent)
    assert "RuntimeError" in failure.message
    assert KEY not in failure.message
    assert failure.has_sent is has_sent


def test_errors_that_hold_each_other_do_not_hang():
    first, second = RuntimeError("a"), RuntimeError("b")
    first.__context__, second.__context__ = second, first
    assert "RuntimeError" in told(first).message
