"""Image models that a service offers, and when they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .watch import Watch

__all__ = ["WARNING_DAYS", "Model", "warn_of_end", "warn_of_ends"]

WARNING_DAYS = 60
"""From so many days before its end on, a model is warned of."""


@dataclass(frozen=True)
class Model:
    """A model by name, and its end where the service announces one.

    Attributes:
        name: as the `model` field of a call takes it.
        shutdown: the day on which the service ends it, as `YYYY-MM-DD`; empty where none is known.
    """

    name: str
    shutdown: str = ""

    def days_left(self, today: date) -> int | None:
        """Days until the end, negative after it; None where no day is known."""
        if not self.shutdown:
            return None
        return (date.fromisoformat(self.shutdown) - today).days

    def ends_soon(self, today: date) -> bool:
        """Whether it has ended, or ends within `WARNING_DAYS`."""
        left = self.days_left(today)
        return left is not None and left <= WARNING_DAYS


def warn_of_end(model: Model, today: date, watch: Watch) -> None:
    """Tell that a model that is asked for ends soon or has ended."""
    if model.ends_soon(today):
        ends = "was shut down" if (model.days_left(today) or 0) < 0 else "will be shut down"
        watch.warn(
            f'The model "{model.name}" {ends} on {model.shutdown}: choose another as Model, '
            "or as Default Model in the OpenAI Image Connector."
        )


def warn_of_ends(models: Iterable[Model], today: date, watch: Watch) -> None:
    """Tell of all models that end soon or have ended."""
    ending = [model for model in models if model.ends_soon(today)]
    if ending:
        names = ", ".join(f"{model.name} ({model.shutdown})" for model in ending)
        watch.warn(
            f"Image models that end within {WARNING_DAYS} days or have ended: {names}. "
            "Choose others as Model or Default Model."
        )
