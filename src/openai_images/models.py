"""Image models that a service offers, and when they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["Model"]


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
