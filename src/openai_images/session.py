"""What belongs to a connection and not to a picture, for as long as it is used.

A session holds the network with its rate limit, proxy and certificates, the engine's processes
and the sum of the costs. Jobs borrow it, as often as wanted and from any thread.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .connection import Connection, Route, ServiceKind
from .cost import Tally
from .errors import BadAnswer, ErrorAnswer, InvalidConnection, ServiceError
from .models import Model, warn_of_end, warn_of_ends
from .secret import Secret
from .services import ImageService
from .watch import UNWATCHED, Watch, WatchThrough

if TYPE_CHECKING:
    from typing import Self

    from .journal import Journal
    from .services.recorded import RecordedService
    from .transport import Transport

__all__ = ["Session", "open_session"]


def open_session(
    connection: Connection,
    secret: Secret | None = None,
    *,
    engine_workers: int | None = None,
    shares_rate_limit: bool = True,
) -> Session:
    """Get ready to call the service that `connection` names; nobody is called yet.

    Use it in a `with` block, or call `close`.

    Args:
        secret: the API key; services that need none take None.
        engine_workers: how many variations the embedded engine makes at a time; None for one per
            core.
        shares_rate_limit: whether the connection's rate limit counts the calls of all processes
            of this user, or those of this session alone.

    Raises:
        InvalidCredential: the service needs a key and `secret` is None.
        InvalidConnection: the key would travel unencrypted, or a file or header cannot be used.
    """
    return Session(
        connection, secret, engine_workers=engine_workers, shares_rate_limit=shares_rate_limit
    )


class Session:
    """An open connection; see `open_session`.

    Attributes:
        connection: as it was opened.
        service: who answers; it takes requests from any thread.
        tally: what the calls of this session cost together.
    """

    def __init__(
        self,
        connection: Connection,
        secret: Secret | None,
        *,
        engine_workers: int | None = None,
        shares_rate_limit: bool = True,
    ) -> None:
        self.connection = connection
        self.tally = Tally(connection.prices)
        self._lock = threading.Lock()
        self._warned: set[str] = set()
        self._secret = secret
        self._engine_workers = engine_workers
        self._shares_rate_limit = shares_rate_limit
        self._transport: Transport | None = None
        self.service = self._service()

    def fetch_picture(self, url: str, watch: Watch) -> bytes:
        """The picture at a web address that the user chose, over the connection's network.

        Raises:
            InvalidPicture: it cannot be had; nothing was billed.
            Canceled: the watch said so.
        """
        return self._network().fetch_picture(url, watch)

    def find_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        """Ask for the image models, and warn of those that end soon.

        A service that keeps no list gives none, and a warning.

        Raises:
            NoAnswer: the service cannot be reached.
            ErrorAnswer: it does not know the key.
            BadAnswer: what answers is no images API.
            InvalidConnection: the base URL lacks /v1.
        """
        watch.progress("Checking the connection")
        try:
            models = self.service.list_models(watch)
        except (ErrorAnswer, BadAnswer) as error:
            self.check_address(watch)
            if isinstance(error, BadAnswer):
                raise
            if error.status == 401 and not _lacks_only_a_scope(error):
                raise
            watch.warn(
                f"The service answers, but does not list its models (HTTP {error.status}): enter "
                "their names yourself."
            )
            return ()
        default = self.connection.default_model
        if default:
            model = next((model for model in models if model.name == default), Model(default))
            warn_of_end(model, date.today(), watch)
        else:
            warn_of_ends(models, date.today(), watch)
        return models

    def recorded(self, journal: Journal, most_requests: int | None = None) -> RecordedService:
        """The service with a journal of its calls.

        Args:
            most_requests: calls that may be made, those taken over not counted; None for no limit.
        """
        # Imported on use: a single call needs no journal.
        from .services.recorded import RecordedService

        return RecordedService(self.service, self.connection, journal, most_requests)

    def once(self, watch: Watch) -> Watch:
        """`watch`, told of each warning only the first time in this session.

        For what holds for the connection: one picture of thousands need not say it again.
        """
        return _Once(watch, self._warned, self._lock)

    def check_address(self, watch: Watch) -> None:
        """Tell a base URL without /v1 as that: everything else would only be its consequence.

        Asks only where the base URL has no path at all; that costs nothing.

        Raises:
            InvalidConnection: the API is at the same address with /v1.
            Canceled: the watch said so.
        """
        root = self.connection.root
        if self.connection.service is ServiceKind.EMBEDDED or urlsplit(root).path:
            return
        with suppress(ServiceError):
            answer = self._network().get("/v1/models", watch)
            if answer.status in (200, 401, 403) and answer.is_json:
                raise InvalidConnection(
                    f'The base URL "{root}" lacks the version: the API is at "{root}/v1".'
                )

    def close(self) -> None:
        """End the calls that other threads still make, and the engine's processes."""
        self.service.close()
        if self._transport is not None:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _service(self) -> ImageService:
        # Imported on use: a connector to a remote service never pays for the engine's numpy.
        if self.connection.service is ServiceKind.EMBEDDED:
            from .services.embedded import EmbeddedService

            return EmbeddedService(self.connection.engine, workers=self._engine_workers)
        if self.connection.call is Route.EDITS:
            from .services.edits import EditsService

            return EditsService(self.connection, self._network())
        from .services.variations import VariationsService

        return VariationsService(self.connection, self._network())

    def _network(self) -> Transport:
        """The network, made on first use: the engine needs it only for pictures on the web."""
        from .transport import Transport

        with self._lock:
            if self._transport is None:
                self._transport = Transport(
                    self.connection, self._secret, shares_rate_limit=self._shares_rate_limit
                )
            return self._transport


def _lacks_only_a_scope(error: ErrorAnswer) -> bool:
    """OpenAI's answer to a restricted key; it has no code of its own."""
    return "missing scopes" in str(error).lower()


class _Once(WatchThrough):
    """A watch that passes a warning on unless it was told before."""

    def __init__(self, watch: Watch, told: set[str], lock: threading.Lock) -> None:
        super().__init__(watch)
        self._told = told
        self._lock = lock

    def warn(self, message: str) -> None:
        with self._lock:
            is_new = message not in self._told
            self._told.add(message)
        if is_new:
            super().warn(message)
