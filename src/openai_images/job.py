"""One variation job from the named picture to the result: what a node or a command runs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from .cost import Cost
from .errors import Canceled, ImagesError, InvalidPicture, ServiceError
from .models import warn_of_end
from .pictures import Preparation, prepare
from .request import VariationRequest
from .response import ApiResponse, ImagesResponse
from .services import ImageService
from .session import Session
from .source import Picture, locate, read_source
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
        response: the HTTP answer, without its body where `images` holds all that is wanted of
            that; None where the job failed and was to go on.
        answer: the answer's JSON; None where it is not that of a successful images call.
        images: the pictures of the answer, in its order.
        model: the model that was asked for; None for the service's default.
        cost: of the call; None where it is not known or nobody entered prices.
        failure: why there is no result, where the job failed and was to go on.
        source: the name of the picture that was varied, before it was prepared.
        prepared: what was done to it before it was sent, as a sentence; empty where nothing was.
    """

    request: VariationRequest
    response: ApiResponse | None = None
    answer: ImagesResponse | None = None
    images: tuple[ResultImage, ...] = ()
    model: str | None = None
    cost: Cost | None = None
    failure: str = ""
    source: str = ""
    prepared: str = ""


@dataclass(frozen=True)
class VariationJob:
    """A picture by name, the call to make with it, and what to make of the answer.

    Attributes:
        location: path or URL of the picture; or the picture itself.
        request: the fields of the call; its picture is read by the job.
        preparation: how the picture becomes what the call needs.
        result_format: web addresses are fetched for IMAGES only; an HTTP error is a result for
            RAW_RESPONSE only.
        continue_on_error: whether a failure is an outcome, and a warning, instead of an error.
        data_area: the folder that `knime://knime.workflow/data/` stands for.
    """

    location: str | Picture
    request: VariationRequest = field(default_factory=lambda: VariationRequest(b""))
    preparation: Preparation = Preparation.AUTOMATIC
    result_format: ResultFormat = ResultFormat.IMAGES
    continue_on_error: bool = False
    data_area: Path | None = None

    def check(self, session: Session) -> None:
        """Refuse what can be refused without a call and without fetching anything.

        Raises:
            InvalidRequest: a field, or the picture where it lies on this machine, is not what
                the call needs. A picture that is not is left to `run` where a failure is an
                outcome.
        """
        location = self.location
        try:
            if isinstance(location, Picture) or locate(location, data_area=self.data_area).path:
                picture = self._picture(session, UNWATCHED)
                request, _ = self._request_for(picture, session.service)
                session.service.check(request)
        except InvalidPicture:
            if not self.continue_on_error:
                raise

    def run(self, session: Session, watch: Watch, service: ImageService | None = None) -> Outcome:
        """Read and prepare the picture, make the call, and read its answer.

        Args:
            service: who is asked in place of the session's own service.

        Raises:
            InvalidRequest: nothing was sent.
            ServiceError: the service did not deliver; `may_be_billed` says whether it may charge.
            Canceled: the watch said so.
        """
        try:
            return self._run(session, watch, service or session.service)
        except Canceled:
            raise
        except ImagesError as error:
            if not self.continue_on_error:
                raise
            watch.warn(str(error))
            return Outcome(self.request, failure=str(error))

    def _run(self, session: Session, watch: Watch, service: ImageService) -> Outcome:
        # Imported on use: it brings the HTTP client, and importing the extension must be fast.
        from .services.collect import collect_images, read_answer

        connection = session.connection
        watch.progress("Reading the picture", 0.0)
        picture = self._picture(session, watch)
        request, prepared = self._request_for(picture, service)
        model = request.model or connection.default_model
        warn_of_end(connection.model(model), date.today(), session.once(watch))
        watch.progress("Asking for variations", 0.1)
        response = service.create_variation(request, watch)
        outcome = Outcome(
            request, response, model=model or None, source=picture.name, prepared=prepared
        )
        try:
            answer = read_answer(response, connection)
            cost = _add_up(answer, session, watch)
            download = self.result_format is ResultFormat.IMAGES
            images = collect_images(
                answer, request, service, watch, download=download, ends=response.ends
            )
        except ServiceError:
            if self.result_format is ResultFormat.RAW_RESPONSE:
                return outcome
            raise
        outcome = replace(outcome, answer=answer, images=images, cost=cost)
        return _without_texts(outcome) if download else outcome

    def _request_for(self, picture: Picture, service: ImageService) -> tuple[VariationRequest, str]:
        """The call with the picture in it, and what was done to that."""
        made = prepare(picture.data, picture.name, self.preparation, is_taken=service.takes)
        return replace(self.request, image=made.picture, image_name=made.name), made.note

    def _picture(self, session: Session, watch: Watch) -> Picture:
        if isinstance(self.location, Picture):
            return self.location
        return read_source(
            self.location,
            data_area=self.data_area,
            download=lambda url: session.fetch_picture(url, watch),
        )


def _without_texts(outcome: Outcome) -> Outcome:
    """The outcome without the base64 of its pictures, which takes thrice their memory."""
    assert outcome.response is not None
    assert outcome.answer is not None
    return replace(
        outcome,
        response=replace(outcome.response, body=b""),
        answer=replace(
            outcome.answer, data=tuple(data.without_text() for data in outcome.answer.data)
        ),
        images=tuple(replace(image, data=image.data.without_text()) for image in outcome.images),
    )


def _add_up(answer: ImagesResponse, session: Session, watch: Watch) -> Cost | None:
    """The cost of the call, added to the session's sum; nothing without a price table."""
    if not session.connection.prices.are_known:
        return None
    cost = session.tally.add(answer.usage)
    watch.progress(f"Cost so far: {session.tally}")
    if cost is None:
        session.once(watch).warn(
            "The cost of a call is not known: the service does not count its tokens by kind, or "
            "a kind that it counts has no price."
        )
    return cost
