from datetime import date, timedelta

import pytest

from openai_images.models import Model, warn_of_end, warn_of_ends


@pytest.mark.parametrize(
    ("shutdown", "days"), [("2026-12-01", 9), ("2026-11-22", 0), ("2026-10-23", -30), ("", None)]
)
def test_days_left_are_counted_from_the_given_day(shutdown, days):
    assert Model("m", shutdown).days_left(date(2026, 11, 22)) == days


TODAY = date(2026, 11, 22)


def ending(days, name="m"):
    return Model(name, (TODAY + timedelta(days)).isoformat())


def warnings(watch, days):
    warn_of_end(ending(days), TODAY, watch)
    return watch.warnings


@pytest.mark.parametrize("days", [0, 1, 60])
def test_a_model_is_warned_of_sixty_days_ahead(watch, days):
    (warning,) = warnings(watch, days)
    assert f'"m" will be shut down on {ending(days).shutdown}' in warning
    assert "Default Model" in warning


def test_a_model_that_has_ended_is_said_to_have(watch):
    assert "was shut down on 2026-11-21" in warnings(watch, -1)[0]


def test_a_day_earlier_nothing_is_said(watch):
    assert warnings(watch, 61) == []


def test_nothing_is_said_of_a_model_that_nobody_knows(watch):
    warn_of_end(Model("other"), TODAY, watch)
    assert watch.warnings == []


def test_all_that_end_soon_are_named_in_one_sentence(watch):
    models = (ending(9, "a"), ending(61, "b"), Model("c"), ending(-30, "d"))
    warn_of_ends(models, TODAY, watch)
    assert watch.warnings == [
        "Image models that end within 60 days or have ended: a (2026-12-01), d (2026-10-23). "
        "Choose others as Model or Default Model."
    ]
