"""docs/faults.md says what the tests show."""

from __future__ import annotations

import json

from . import hostile_bodies
from .document import DOCUMENT, FUZZ, FUZZ_TARGETS, render
from .measure import MEASURED
from .table import FAULTS


def test_the_page_is_up_to_date():
    assert DOCUMENT.read_text(encoding="utf-8") == render(), "run python -m tests.faults.document"


def test_every_fault_is_on_it():
    page = render()
    assert all(f"| {fault.name} |" in page for fault in FAULTS)


def test_what_it_shows_as_measured_was_measured():
    assert set(json.loads(MEASURED.read_text())["bodies"]) == set(hostile_bodies.BODIES)
    assert set(json.loads(FUZZ.read_text())) == set(FUZZ_TARGETS)
