"""The two pages about faults say what the tests show."""

from __future__ import annotations

import json
import re

from . import hostile_bodies
from .document import DOCUMENT, FUZZ, FUZZ_TARGETS, GUIDE, render
from .fault import Refused
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


def test_what_people_look_for_is_what_a_message_says():
    said = [text for fault in FAULTS for text in _messages(fault.gives)]
    symptoms = [row[0] for row in _guide() if row[0].startswith("`")]
    for symptom in symptoms:
        parts = [part.strip() for part in symptom.split("`")[1].split("…")]
        assert any(all(part in text for part in parts) for text in said), symptom
    assert len(symptoms) > 25


def test_the_page_for_people_is_short_and_has_no_empty_cell():
    rows = _guide()
    assert len(rows) <= 40
    assert all(len(row) == 3 and all(row) for row in rows)


def _messages(gives: object) -> tuple[str, ...]:
    return (gives.message,) if isinstance(gives, Refused) else gives.warnings


def _guide() -> list[list[str]]:
    """The cells of the rows of the page for people."""
    lines = GUIDE.read_text(encoding="utf-8").splitlines()
    cells = [re.split(r" \| ", line.strip("| ")) for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0] not in {"What you see", "---"}]
