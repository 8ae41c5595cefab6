"""Any service, asked by so many threads at a time and no more."""

from __future__ import annotations

import threading

from ..models import Model
from ..request import VariationRequest
from ..response import ApiResponse
from ..watch import UNWATCHED, Watch, raise_if_canceled
from .service import ImageService

__all__ = ["LimitedService"]

# How often whoever waits looks whether the work was canceled.
_POLL_SECONDS = 0.1


class LimitedService(ImageService):
    """Makes at most `concurrency` calls at a time; the others wait for their turn."""

    def __init__(self, service: ImageService, concurrency: int) -> None:
        self._service = service
        self._free = threading.Semaphore(concurrency)

    def check(self, request: VariationRequest) -> None:
        self._service.check(request)

    def takes(self, picture: bytes) -> bool:
        return self._service.takes(picture)

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        while not self._free.acquire(timeout=_POLL_SECONDS):
            raise_if_canceled(watch)
        try:
            raise_if_canceled(watch)
            return self._service.create_variation(request, watch)
        finally:
            self._free.release()

    def fetch(self, url: str, watch: Watch = UNWATCHED) -> bytes:
        return self._service.fetch(url, watch)

    def list_models(self, watch: Watch = UNWATCHED) -> tuple[Model, ...]:
        return self._service.list_models(watch)

    def close(self) -> None:
        """Nothing: the service belongs to whoever opened it."""
