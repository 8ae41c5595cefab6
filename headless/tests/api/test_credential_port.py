"""Credential ports: what a node is told of a login, and what travels instead of it."""

from __future__ import annotations

import pytest

import knime.extension as knext
from knime_headless import CredentialPort, NodeFailed, load_extension

BODY = """
def configure(self, ctx, credential):
    if credential is None:
        return None
    ctx.set_warning(f"{credential.auth_schema} {credential.auth_parameters}")
    return credential

def execute(self, ctx, credential):
    spec = credential.spec
    assert (spec.auth_schema, spec.auth_parameters) == (
        credential.get_auth_schema(), credential.get_auth_parameters()
    )
    assert spec.expires_after is credential.get_expires_after() is None
    ctx.set_warning(f"{spec.auth_schema} {spec.auth_parameters}")
    return credential
"""
PORTS = """
@knext.input_port("In", "A login.", knext.PortType.CREDENTIAL, optional=True)
@knext.output_port("Out", "The same.", knext.PortType.CREDENTIAL)
"""


@pytest.fixture
def node(write_extension):
    return load_extension(write_extension(BODY, decorators=PORTS)).nodes["sample"]


@pytest.fixture
def login(monkeypatch):
    monkeypatch.setenv("LOGIN", "token-1")
    return CredentialPort.of_variable("LOGIN")


def test_both_steps_are_told_schema_and_token(node, login):
    assert node.configure({}, [login.spec]).warnings == ("Bearer token-1",)
    assert node.execute({}, [login]).warnings == ("Bearer token-1",)


def test_what_travels_is_a_reference(node, login, monkeypatch):
    given = node.execute({}, [login]).outputs[0]
    assert isinstance(given.spec, knext.CredentialPortObjectSpec)
    assert "token-1" not in str(given.spec.serialize())
    monkeypatch.setenv("LOGIN", "token-2")
    assert node.execute({}, [given]).warnings == ("Bearer token-2",)


def test_an_unconnected_optional_port_is_none(node):
    assert node.configure({}, [None]).specs == (None,)


def test_a_login_that_is_not_there_is_a_value_error(node, login, monkeypatch):
    monkeypatch.delenv("LOGIN")
    with pytest.raises(NodeFailed, match="Maybe execute the upstream nodes") as failure:
        node.configure({}, [login.spec])
    assert isinstance(failure.value.__cause__, ValueError)


@pytest.mark.parametrize("other", [knext.BinaryPortObjectSpec("x"), knext.Schema([], [])])
def test_a_credential_port_takes_nothing_else(node, other):
    with pytest.raises(NodeFailed, match="takes a credential"):
        node.configure({}, [other])
