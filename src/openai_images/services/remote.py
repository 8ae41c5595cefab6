"""What the services behind a network share: one transport."""

from __future__ import annotations

from ..connection import Connection
from ..models import Model
from ..transport import Transport
from .service import ImageService


class RemoteService(ImageService):
    """A service that is called over the network; which call it makes is up to the subclass."""

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection = connection
        self._transport = transport

    def fetch(self, url: str) -> bytes:
        return self._transport.download(url)

    def list_models(self) -> tuple[Model, ...]:
        return self._transport.list_models()

    def close(self) -> None:
        self._transport.close()
