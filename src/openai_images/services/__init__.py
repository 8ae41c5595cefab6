"""Who answers a variation request: one protocol, and the choice of its implementation."""

from __future__ import annotations

from ..connection import Connection, Route, ServiceKind
from ..secret import Secret
from ..watch import UNWATCHED, Watch
from .service import ImageService

__all__ = ["ImageService", "open_service"]


def open_service(
    connection: Connection, secret: Secret | None = None, watch: Watch = UNWATCHED
) -> ImageService:
    """The service that `connection` names; close it after use, or use it in a `with` block.

    Args:
        secret: the API key; services that need none take None.
        watch: gets the progress of the calls and can cancel them.

    Raises:
        InvalidCredential: the service needs a key and `secret` is None.
    """
    # Imported on use: a connector to a remote service never pays for the engine's numpy.
    if connection.service is ServiceKind.EMBEDDED:
        from .embedded import EmbeddedService

        return EmbeddedService(connection.engine, watch)
    from ..transport import Transport

    transport = Transport(connection, secret, watch)
    if connection.route is Route.EDITS:
        from .edits import EditsService

        return EditsService(connection, transport, watch)
    from .http import HttpService

    return HttpService(connection, transport)
