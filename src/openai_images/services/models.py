"""Which image models a service offers."""

from __future__ import annotations

from ..connection import Connection
from ..errors import ErrorAnswer
from ..secret import Secret
from ..watch import Watch
from . import open_service

# A key that is refused here is refused everywhere; other errors only mean that there is no list.
_FINAL = frozenset({401, 403})


def find_image_models(
    connection: Connection, secret: Secret | None, watch: Watch
) -> tuple[str, ...]:
    """Ask the service; one that is there but keeps no list gives none, and a warning.

    Raises:
        NoAnswer: the service cannot be reached.
        ErrorAnswer: it refuses the key.
    """
    watch.progress("Checking the connection")
    with open_service(connection, secret, watch) as service:
        try:
            return service.list_models()
        except ErrorAnswer as error:
            if error.status in _FINAL:
                raise
            watch.warn(f"The service answers, but does not list its models: {error}")
            return ()
