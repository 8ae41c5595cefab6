"""One variation job from the named picture to the result: what a node or a command runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from .connection import Connection
from .cost import Cost, Tally
from .errors import Canceled, ImagesError, ServiceError
from .options import Prices
from .pictures import Preparation, prepare
from .request import VariationRequest
from .response import ApiResponse, ImagesResponse
from .secret import Secret
from .services import open_service
from .services.models import warn_of_model
from .source import locate, read_source
from .watch import UNWATCHED, Watch

if TYPE_CHECKING:
    from .services.collect import ResultImage

__all__ = ["Outcome", "ResultFormat", "VariationJob"]


class ResultFormat(str, Enum):
    """What the result of a job looks like; see `tables`."""

    STRUCTURED_TABLE = "structured_table"
    RAW_RESPONSE = "raw_response"
    IMAGES = "images"


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Attributes:
        request: the call, with the picture that the service got.
        response: the HTTP answer as it came; None where the job failed and was to go on.
        answer: the answer's JSON; None where it is not that of a successful images call.
        images: the pictures of the answer, in its order.
        model: the model that was asked for; None for the service's default.
        cost: of the call; None where it is not known or nobody entered prices.
        failure: why there is no result, where the job failed and was to go on.
    """

    request: VariationRequest
    response: ApiResponse | None = None
    answer: ImagesResponse | None = None
    images: tuple[ResultImage, ...] = ()
    model: str | None = None
    cost: Cost | None = None
    failure: str = ""


@dataclass(frozen=True)
class VariationJob:
    """A picture by name, the call to make with it, and what to make of the answer.

    Attributes:
        location: path or URL of the picture.
        request: the fields of the call; its picture is read by the job.
        preparation: how the picture becomes what the call needs.
        result_format: web addresses are fetched for IMAGES only; an HTTP error is a result for
            RAW_RESPONSE only.
        goes_on: whether a failure is an outcome, and a warning, instead of an error.
        data_area: the folder that `knime://knime.workflow/data/` stands for.
    """

    location: str
    request: VariationRequest = field(default_factory=lambda: VariationRequest(b""))
    preparation: Preparation = Preparation.AS_IS
    result_format: ResultFormat = ResultFormat.IMAGES
    goes_on: bool = False
    data_area: Path | None = None

    def check(self, connection: Connection, secret: Secret | None) -> None:
        """Refuse what can be refused without a call and without fetching anything.

        Raises:
            InvalidRequest: a field, or the picture where it lies on this machine, is not what
                the call needs.
        """
        if locate(self.location, data_area=self.data_area).path is None:
            return
        with open_service(connection, secret) as service:
            service.check(self._load(UNWATCHED))

    def run(
        self,
        connection: Connection,
        secret: Secret | None,
        watch: Watch,
        tally: Tally | None = None,
    ) -> Outcome:
        """Read and prepare the picture, make the call, and read its answer.

        Args:
            tally: the sum to which the cost of the call is added; one of its own without it.

        Raises:
            InvalidRequest: nothing was sent.
            ServiceError: the service did not deliver; `may_be_billed` says whether it may charge.
            Canceled: the watch said so.
        """
        try:
            return self._run(connection, secret, watch, tally or Tally(connection.prices))
        except Canceled:
            raise
        except ImagesError as error:
            if not self.goes_on:
                raise
            watch.warn(str(error))
            return Outcome(self.request, failure=str(error))

    def _run(
        self, connection: Connection, secret: Secret | None, watch: Watch, tally: Tally
    ) -> Outcome:
        # Imported on use: it brings the HTTP client, and importing the extension must be fast.
        from .services.collect import collect_images, read_answer

        watch.progress("Reading the picture", 0.0)
        request = self._load(watch)
        model = request.model or connection.default_model
        warn_of_model(connection, model, date.today(), watch)
        with open_service(connection, secret, watch) as service:
            watch.progress("Asking for variations", 0.1)
            response = service.create_variation(request)
            outcome = Outcome(request, response, model=model or None)
            try:
                answer = read_answer(response, connection)
                cost = _add_up(answer, connection.prices, tally, watch)
                download = self.result_format is ResultFormat.IMAGES
                images = collect_images(answer, request, service, watch, download=download)
            except ServiceError:
                if self.result_format is ResultFormat.RAW_RESPONSE:
                    return outcome
                raise
            return replace(outcome, answer=answer, images=images, cost=cost)

    def _load(self, watch: Watch) -> VariationRequest:
        picture = read_source(
            self.location, data_area=self.data_area, download=lambda url: _download(url, watch)
        )
        content = prepare(picture.data, picture.name, self.preparation)
        as_is = self.preparation is Preparation.AS_IS
        name = picture.name if as_is else f"{Path(picture.name).stem}.png"
        return replace(self.request, image=content, image_name=name)


def _download(url: str, watch: Watch) -> bytes:
    from .transport import download

    return download(url, watch)


def _add_up(answer: ImagesResponse, prices: Prices, tally: Tally, watch: Watch) -> Cost | None:
    """The cost of the call, added to the sum; nothing without a price table."""
    if not prices.are_known:
        return None
    cost = tally.add(answer.usage)
    watch.progress(f"Cost so far: {tally}")
    if cost is None:
        watch.warn(
            "The cost of the call is not known: the service does not count its tokens by kind, or "
            "a kind that it counts has no price in the OpenAI Image Connector."
        )
    return cost
