"""Bodies made to fill the memory are refused in bounded memory and time."""

from __future__ import annotations

import sys

import pytest

from .hostile_bodies import BODIES, measure

MEGABYTES = 300
SECONDS = 60


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_refused_within_bounds(name):
    found = measure(name)
    assert found["megabytes"] < MEGABYTES
    assert found["seconds"] < SECONDS
    assert found["says"] != "nothing"
