"""The description of the server, and the server held against it by schemathesis."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks

from openai_images.request import MAX_N, SIZES
from openai_images.server.keys import KeyRing
from openai_images.server.openapi import openapi
from openai_images.server.settings import Limits, Settings

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


@pytest.fixture(scope="module")
def described(start):
    """A server that is quick to refuse what drips, and its description."""
    limits = Limits(body_seconds=5)
    with start(Settings(port=0, workers=1, limits=limits)) as url:
        yield schemathesis.openapi.from_url(f"{url}/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_server_is_as_it_is_described(case):
    case.call_and_validate(checks=CHECKS, timeout=60)


def test_the_limits_are_those_of_the_call():
    fields = _fields(openapi(Settings()), "/v1/images/variations")
    assert fields["size"]["enum"] == list(SIZES)
    assert fields["n"]["maximum"] == MAX_N
    assert fields["response_format"]["default"] == "url"
    edits = _fields(openapi(Settings()), "/v1/images/edits")
    assert edits["size"]["default"] == "auto"


def test_keys_are_described_where_there_are_some():
    assert "security" not in openapi(Settings())
    described = openapi(Settings(keys=KeyRing(["a-key-of-the-tests-1"])))
    assert described["security"] == [{"key": []}]
    assert described["paths"]["/health"]["get"]["security"] == []


def _fields(described: dict, path: str) -> dict:
    content = described["paths"][path]["post"]["requestBody"]["content"]
    return content["multipart/form-data"]["schema"]["properties"]
