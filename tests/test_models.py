from datetime import date

import pytest

from openai_images.models import Model


@pytest.mark.parametrize(
    ("shutdown", "days"), [("2026-12-01", 9), ("2026-11-22", 0), ("2026-10-23", -30), ("", None)]
)
def test_days_left_are_counted_from_the_given_day(shutdown, days):
    assert Model("m", shutdown).days_left(date(2026, 11, 22)) == days
