"""What is fuzzed: for any bytes at all, a value or the one error that is meant for it.

python benchmarks/fuzz/targets.py answers -max_total_time=600 CORPUS_FOLDER
"""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Callable

import atheris

with atheris.instrument_imports():
    from openai_images.connection import Connection
    from openai_images.errors import BadAnswer, InvalidPicture
    from openai_images.pictures import Preparation, check_for_variation, prepare
    from openai_images.response import ApiResponse, ImagesResponse
    from openai_images.transport import error_answer
    from openai_images.transport.retry import asked_wait, parse_duration

CONNECTION = Connection()


def answers(data: bytes) -> None:
    """Response parsing: an answer with at least one image, or BadAnswer."""
    with contextlib.suppress(BadAnswer):
        answer = ImagesResponse.parse(ApiResponse(200, {}, data))
        texts = [image.value or "" for image in answer.data]
        assert any(texts)
        assert all(text.encode() is not None for text in texts)


def errors(data: bytes) -> None:
    """Error reading: one line that can be shown, whatever came."""
    status = 300 + (data[0] if data else 0)
    error = error_answer(ApiResponse(status, {"x-request-id": "r"}, data[1:]), CONNECTION)
    message = str(error)
    assert message.isprintable()
    assert len(message) < 2000
    assert (error.code or "").isprintable()
    assert (error.param or "").isprintable()


def waits(data: bytes) -> None:
    """Retry-after and durations: seconds that can be waited, or None."""
    text = data.decode("latin-1")
    for wait in (
        asked_wait({"retry-after": text}, 1.7e9),
        asked_wait({"retry-after-ms": text}, 1.7e9),
        parse_duration(text),
    ):
        assert wait is None or (wait >= 0 and math.isfinite(wait))


def png(data: bytes) -> None:
    """PNG checks: a square picture, or InvalidPicture."""
    with contextlib.suppress(InvalidPicture):
        width, height = check_for_variation(data, "picture.png")
        assert width == height > 0


def preparation(data: bytes) -> None:
    """Preparation: a picture that passes the check, or InvalidPicture."""
    how = (Preparation.CROP, Preparation.PAD)[data[0] % 2] if data else Preparation.CROP
    with contextlib.suppress(InvalidPicture):
        prepared = prepare(data[1:], "picture", how)
        check_for_variation(prepared, "picture.png")


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (answers, errors, waits, png, preparation)
}

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()
