"""The gallery view: the picture and its variations on one self-contained page."""

from __future__ import annotations

import base64
from typing import SupportsBytes

from ..errors import InvalidPicture
from ..gallery import figure, missing, page, picture
from ..job import Outcome
from ..pictures import thumbnail
from ..services.collect import ResultImage

# Pixels; twice the width at which a picture is shown, for screens of double density.
THUMBNAIL_EDGE = 512


def gallery(*outcomes: Outcome) -> str:
    """An HTML page without scripts or outside parts; every text from outside is escaped."""
    figures = [each for outcome in outcomes for each in _figures(outcome)]
    return page(figures or [_nothing("No row has a result.")])


def _figures(outcome: Outcome) -> list[str]:
    figures = [_source(outcome), *(_variation(image) for image in outcome.images)]
    if not outcome.images:
        figures.append(_nothing(outcome.failure or "The answer holds no images."))
    return figures


def _nothing(reason: str) -> str:
    return figure(missing(reason), "No variations", "")


def _source(outcome: Outcome) -> str:
    request = outcome.request
    seed = outcome.answer.seed if outcome.answer else None
    detail = "The picture that was sent" + ("" if seed is None else f"; seed {seed}")
    content = _picture(request.image, request.image_name)
    return figure(content, request.image_name, detail, is_source=True)


def _variation(image: ResultImage) -> str:
    title = f"Variation {image.index + 1}"
    if image.png is not None:
        detail = f"{image.width} × {image.height} pixels"  # noqa: RUF001 (the sign for "by")
        content = _picture(image.png, title)
    else:
        detail = image.problem or "Not fetched: Result Format Images does that."
        content = missing(image.data.url or "No picture")
    return figure(content, title, image.data.revised_prompt or detail)


def _picture(content: bytes | SupportsBytes, name: str) -> str:
    try:
        small = thumbnail(content, THUMBNAIL_EDGE)
    except InvalidPicture as error:
        return missing(str(error))
    return picture(f"data:image/png;base64,{base64.b64encode(small).decode('ascii')}", name)
