"""What every service can do, and what those behind a network share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ..connection import Connection
from ..errors import BadAnswer
from ..models import Model
from ..pictures import is_square_png
from ..request import VariationRequest
from ..response import ApiResponse
from ..text import one_line
from ..watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from typing import Self

    from ..transport import Transport

__all__ = ["ImageService", "RemoteService", "ServiceThrough"]


class ImageService(ABC):
    """Answers variation requests, from any thread; use it in a `with` block, or call `close`."""

    @abstractmethod
    def check(self, request: VariationRequest) -> None:
        """Refuse what the service's call cannot take, without calling it.

        Raises:
            InvalidRequest: the picture or a field is not what the call needs.
        """

    def takes(self, picture: bytes) -> bool:
        """Whether the service's call takes a picture file as it is: a square PNG under 4 MB."""
        return is_square_png(picture)

    @abstractmethod
    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        """Ask for variations; the answer's body is the JSON of OpenAI's images call.

        An HTTP error is an answer too and is returned, once the retry policy is through.

        Args:
            watch: gets the progress of this call and can cancel it.

        Raises:
            InvalidRequest: as `check`; nothing was sent.
            NoAnswer: no HTTP answer came back.
            Canceled: the watch said so.
        """

    def fetch(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        """The file behind a result's URL.

        Raises:
            ServiceError: the URL is of a kind that is never opened, or gave no picture.
        """
        shown = one_line(url, 200)
        raise BadAnswer(f'The result\'s URL "{shown}" is not opened: it is no web address.')

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        """The image models that the service offers, where it can tell.

        Raises:
            ServiceError: it was asked and did not answer with a list.
        """
        return ()

    @abstractmethod
    def close(self) -> None:
        """Free connections and workers."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ServiceThrough(ImageService):
    """Passes everything on to another service; subclasses do a part of it themselves."""

    def __init__(self, service: ImageService) -> None:
        self._service = service

    def check(self, request: VariationRequest) -> None:
        self._service.check(request)

    def takes(self, picture: bytes) -> bool:
        return self._service.takes(picture)

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        return self._service.create_variation(request, watch)

    def fetch(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        return self._service.fetch(url, watch)

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        return self._service.list_models(watch)

    def close(self) -> None:
        """Nothing: the service belongs to whoever opened it."""


class RemoteService(ImageService):
    """A service that is called over the network; which call it makes is up to the subclass."""

    def __init__(self, connection: Connection, transport: Transport) -> None:
        self._connection = connection
        self._transport = transport

    def fetch(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        return self._transport.download(url, watch)

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        return self._transport.list_models(watch)

    def close(self) -> None:
        self._transport.close()
