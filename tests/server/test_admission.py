"""The bounded queue."""

from __future__ import annotations

import pytest

from openai_images.server.admission import Admission
from openai_images.server.refusal import Refusal


def refused(admission: Admission) -> Refusal:
    with pytest.raises(Refusal) as error, admission.admit(1):
        pass
    return error.value


def test_as_many_are_let_in_as_there_are_places():
    admission = Admission(capacity=2, workers=1, patience=600)
    with admission.admit(1):
        assert admission.free == 1
        with admission.admit(1):
            error = refused(admission)
        with admission.admit(1):
            assert admission.free == 0
    assert admission.free == 2
    assert (error.status, error.code) == (429, "rate_limit_exceeded")


def test_a_failure_gives_its_place_back():
    admission = Admission(capacity=1, workers=1, patience=600)
    with pytest.raises(ZeroDivisionError), admission.admit(1):
        raise ZeroDivisionError
    assert admission.free == 1


def test_the_wait_grows_with_the_work_ahead_and_shrinks_with_the_workers():
    waits = []
    for workers, images in ((1, 2), (1, 10), (5, 10), (1, 10_000)):
        admission = Admission(capacity=1, workers=workers, patience=600)
        with admission.admit(images):
            waits.append(int(refused(admission).response().headers["retry-after"]))
    assert waits == [1, 5, 1, 60]


def test_the_time_of_an_image_is_learned():
    admission = Admission(capacity=1, workers=1, patience=600)
    for _ in range(50):
        admission.measured(0.25)
    with admission.admit(4):
        assert admission.backlog_seconds == pytest.approx(1.0, abs=0.01)
        headers = admission.headers()
    assert headers["x-ratelimit-limit-requests"] == "1"
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-ratelimit-reset-requests"].endswith("ms")
    assert admission.headers()["x-ratelimit-reset-requests"] == "0ms"


def test_a_call_that_could_not_be_done_in_time_is_turned_away():
    admission = Admission(capacity=100, workers=2, patience=10)
    with admission.admit(10), admission.admit(10):
        error = refused(admission)
        assert admission.free == 98
    assert (error.status, error.response().headers["retry-after"]) == (429, "5")
    admission.check()
