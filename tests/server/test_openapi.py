"""The description of the server, and the server held against it by schemathesis."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks

from openai_images.request import MAX_N, SIZES
from openai_images.server.keys import KeyRing
from openai_images.server.openapi import openapi
from openai_images.server.settings import Settings

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


DESCRIBED = schemathesis.openapi.from_dict(openapi(Settings()))
OPERATIONS = {found.ok().label: found.ok() for found in DESCRIBED.get_all_operations()}
CALLS = ["POST /v1/images/variations", "POST /v1/images/edits"]
QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("label", OPERATIONS)
def test_what_follows_the_description_is_answered_as_described(address, label):
    @QUICK
    @given(OPERATIONS[label].as_strategy())
    def any_case(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=60)

    any_case()


@pytest.mark.parametrize("label", CALLS)
def test_what_breaks_the_description_is_answered_as_described(address, label):
    @QUICK
    @given(OPERATIONS[label].as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE))
    def any_case(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=60)

    any_case()


@pytest.mark.parametrize("label", CALLS)
def test_any_fields_with_a_real_picture_are_answered_as_described(address, png, label):
    @QUICK
    @given(OPERATIONS[label].as_strategy())
    def any_case(case: schemathesis.Case) -> None:
        case.body |= {"image": png, "size": "256x256", "n": 1}
        case.call_and_validate(base_url=address, checks=CHECKS, timeout=60)

    any_case()


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
