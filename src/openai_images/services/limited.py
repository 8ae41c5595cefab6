"""Any service, asked by so many threads at a time and no more."""

from __future__ import annotations

import threading

from ..request import VariationRequest
from ..response import ApiResponse
from ..watch import POLL_SECONDS, UNWATCHED, Watch, raise_if_canceled
from .service import ImageService, ServiceThrough

__all__ = ["LimitedService"]


class LimitedService(ServiceThrough):
    """Makes at most `concurrency` calls at a time; the others wait for their turn."""

    def __init__(self, service: ImageService, concurrency: int) -> None:
        super().__init__(service)
        self._free = threading.Semaphore(concurrency)

    def create_variation(self, request: VariationRequest, watch: Watch = UNWATCHED) -> ApiResponse:
        while not self._free.acquire(timeout=POLL_SECONDS):
            raise_if_canceled(watch)
        try:
            raise_if_canceled(watch)
            return super().create_variation(request, watch)
        finally:
            self._free.release()
