"""The gallery view: the picture and its variations on one self-contained page.

It is not for KNIME's reports: a page is taken into one only if its script hands a picture of
itself to KNIME's reporting service, and this page lets no script of others in.
"""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from pathlib import PurePath
from typing import SupportsBytes

from ..errors import InvalidPicture
from ..gallery import figure, missing, page, picture
from ..job import Outcome
from ..pictures import thumbnail
from ..services.collect import ResultImage

# Pixels; twice the width at which a picture is shown, for screens of double density.
THUMBNAIL_EDGE = 512
# A page holds its pictures in full size, to be enlarged and downloaded, up to so many bytes
# together; beyond them thumbnails alone.
MOST_FULL_BYTES = 24 * 1024 * 1024
# Thumbnails are made outside Python's lock. Each takes the memory of a decoded picture.
_DRAWN_AT_ONCE = 2


def gallery(*outcomes: Outcome) -> str:
    """An HTML page without outside parts; every text from outside is escaped."""
    full = [len(image.png or b"") for outcome in outcomes for image in outcome.images]
    in_full = sum(full) <= MOST_FULL_BYTES
    with ThreadPoolExecutor(_DRAWN_AT_ONCE) as threads:
        figures = list(chain(*threads.map(partial(_figures, in_full=in_full), outcomes)))
    return page(figures or [_nothing("No row has a result.")])


def _figures(outcome: Outcome, *, in_full: bool) -> list[str]:
    figures = [
        _source(outcome),
        *(_variation(image, outcome, in_full) for image in outcome.images),
    ]
    if not outcome.images:
        figures.append(_nothing(outcome.failure or "The answer holds no images."))
    return figures


def _nothing(reason: str) -> str:
    return figure(missing(reason), "No variations", "")


def _source(outcome: Outcome) -> str:
    request, response = outcome.request, outcome.response
    seed = outcome.answer.seed if outcome.answer else None
    details = [
        "The picture that was sent",
        "" if seed is None else f"seed {seed}",
        f"request {response.request_id}" if response and response.request_id else "",
    ]
    content = _picture(request.image, request.image_name)
    detail = "; ".join(filter(None, details))
    return figure(content, request.image_name, detail, is_source=True)


def _variation(image: ResultImage, outcome: Outcome, in_full: bool) -> str:
    title = f"Variation {image.index + 1}"
    if image.png is None:
        detail = image.problem or "Not fetched: Result Format Images does that."
        return figure(missing(image.data.url or "No picture"), title, detail)
    stem = PurePath(outcome.request.image_name).stem or "image"
    file_name = f"{stem}-variation-{image.index + 1}.png" if in_full else ""
    is_small = max(image.width or 0, image.height or 0) <= THUMBNAIL_EDGE
    if in_full and is_small:
        content = picture(_data_url("png", image.png), title, file_name=file_name)
    else:
        content = _picture(image.png, title, file_name)
    size = f"{image.width} × {image.height} pixels"  # noqa: RUF001 (the sign for "by")
    return figure(content, title, "\n".join(filter(None, (size, image.data.revised_prompt))))


def _picture(content: bytes | SupportsBytes, name: str, file_name: str = "") -> str:
    """A picture of the page; in full size where it has a name to be downloaded under."""
    try:
        small = _data_url("webp", thumbnail(content, THUMBNAIL_EDGE))
    except InvalidPicture as error:
        return missing(str(error))
    full = _data_url("png", bytes(content)) if file_name else ""
    return picture(small, name, full=full, file_name=file_name)


def _data_url(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"
