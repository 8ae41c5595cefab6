"""Which image models a service offers, and which of them end soon."""

from __future__ import annotations

from datetime import date

from ..connection import Connection
from ..errors import ErrorAnswer
from ..models import Model
from ..secret import Secret
from ..watch import Watch
from . import open_service

__all__ = ["find_image_models", "warn_of_ending_models", "warn_of_model"]

WARNING_DAYS = 60


def find_image_models(
    connection: Connection, secret: Secret | None, watch: Watch
) -> tuple[Model, ...]:
    """Ask the service; one that is there but keeps no list gives none, and a warning.

    Raises:
        NoAnswer: the service cannot be reached.
        ErrorAnswer: it does not know the key.
    """
    watch.progress("Checking the connection")
    with open_service(connection, secret, watch) as service:
        try:
            return service.list_models()
        except ErrorAnswer as error:
            if error.status == 401 and not _lacks_only_a_scope(error):
                raise
            watch.warn(
                f"The service answers, but does not list its models (HTTP {error.status}): enter "
                "their names yourself, and switch Check Connection off."
            )
            return ()


def warn_of_ending_models(connection: Connection, today: date, watch: Watch) -> None:
    """Tell of the default model's end; where there is no default, of all that end soon."""
    if connection.default_model:
        warn_of_model(connection, connection.default_model, today, watch)
        return
    ending = [model for model in connection.models if _ends_soon(model, today)]
    if ending:
        names = ", ".join(f"{model.name} ({model.shutdown})" for model in ending)
        watch.warn(
            f"Image models that end within {WARNING_DAYS} days or have ended: {names}. "
            "Choose others as Model or Default Model."
        )


def warn_of_model(connection: Connection, name: str, today: date, watch: Watch) -> None:
    """Tell that the model `name` ends soon or has ended, where the connector was told so."""
    model = connection.model(name)
    if _ends_soon(model, today):
        ends = "was shut down" if (model.days_left(today) or 0) < 0 else "will be shut down"
        watch.warn(
            f'The model "{name}" {ends} on {model.shutdown}: choose another as Model, '
            "or as Default Model in the OpenAI Image Connector."
        )


def _ends_soon(model: Model, today: date) -> bool:
    left = model.days_left(today)
    return left is not None and left <= WARNING_DAYS


def _lacks_only_a_scope(error: ErrorAnswer) -> bool:
    """OpenAI's answer to a restricted key; it has no code of its own."""
    return "missing scopes" in str(error).lower()
