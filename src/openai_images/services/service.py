"""What every service can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ..errors import BadAnswer
from ..models import Model
from ..request import VariationRequest
from ..response import ApiResponse

if TYPE_CHECKING:
    from typing import Self


class ImageService(ABC):
    """Answers variation requests; use it in a `with` block, or call `close`."""

    @abstractmethod
    def check(self, request: VariationRequest) -> None:
        """Refuse what the service's call cannot take, without calling it.

        Raises:
            InvalidRequest: the picture or a field is not what the call needs.
        """

    @abstractmethod
    def create_variation(self, request: VariationRequest) -> ApiResponse:
        """Ask for variations; the answer's body is the JSON of OpenAI's images call.

        An HTTP error is an answer too and is returned, once the retry policy is through.

        Raises:
            InvalidRequest: as `check`; nothing was sent.
            NoAnswer: no HTTP answer came back.
            Canceled: the watch said so.
        """

    def fetch(self, url: str) -> bytes:
        """The file behind a result's URL.

        Raises:
            ServiceError: the URL is of a kind that is never opened, or gave no picture.
        """
        raise BadAnswer(f'The result\'s URL "{url[:200]}" is not opened: it is no web address.')

    def list_models(self) -> tuple[Model, ...]:
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
