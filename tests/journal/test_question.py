from dataclasses import replace

import pytest

from openai_images.connection import Connection, Route, ServiceKind
from openai_images.journal import fingerprint, question
from openai_images.options import EditOptions, EngineOptions, RetryPolicy
from openai_images.request import VariationRequest

REMOTE = Connection(ServiceKind.COMPATIBLE, base_url="http://localhost:9997/v1", credential="a")
EDITS = replace(REMOTE, route=Route.EDITS)
REQUEST = VariationRequest(b"png", n=1)


@pytest.mark.parametrize(
    ("request_", "connection"),
    [
        (replace(REQUEST, image=b"other"), REMOTE),
        (replace(REQUEST, n=2), REMOTE),
        (replace(REQUEST, extra_fields=(("seed", "1"),)), REMOTE),
        (REQUEST, replace(REMOTE, base_url="http://localhost:9998/v1")),
        (REQUEST, replace(REMOTE, default_model="m")),
        (REQUEST, EDITS),
        (REQUEST, replace(EDITS, edits=EditOptions("make it blue"))),
        (REQUEST, Connection()),
        (REQUEST, Connection(engine=EngineOptions(strength=0.9))),
    ],
)
def test_whatever_makes_another_answer_makes_another_question(request_, connection):
    assert question(request_, connection) != question(REQUEST, REMOTE)


@pytest.mark.parametrize(
    ("request_", "connection"),
    [
        (replace(REQUEST, image_name="renamed.png"), REMOTE),
        (REQUEST, replace(REMOTE, credential="b")),
        (REQUEST, replace(REMOTE, retry=RetryPolicy(may_bill_twice=True))),
    ],
)
def test_how_it_is_asked_changes_no_question(request_, connection):
    assert question(request_, connection) == question(REQUEST, REMOTE)


def test_a_model_is_the_same_by_request_and_by_default():
    by_default = question(REQUEST, replace(REMOTE, default_model="m"))
    assert question(replace(REQUEST, model="m"), REMOTE) == by_default


def test_the_fingerprint_is_that_of_settings_and_connection():
    assert fingerprint(REMOTE, 1) == fingerprint(replace(REMOTE, credential="b"), 1)
    assert len({fingerprint(REMOTE, 1), fingerprint(REMOTE, 2), fingerprint(EDITS, 1)}) == 3
