"""Variations in three lines of Python, for scripts and notebooks.

with open_session() as session:
    for picture in session.vary("cat.jpg", n=4):
        picture.save(f"cat-{picture.index}.png")
"""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .connection import Connection
from .errors import InvalidOutput
from .files import write_atomically
from .job import Outcome, VariationJob
from .pictures import Preparation
from .request import VariationRequest
from .secret import Secret
from .session import Session
from .source import Picture
from .watch import QuietWatch

if TYPE_CHECKING:
    from typing import Self

__all__ = ["ScriptSession", "Variation", "open_session"]

Progress = Callable[[str, "float | None"], None]
"""Is told what happens, and the share that is done, 0 to 1, where that changed."""

# Formats without transparency get this ground.
_GROUND = "white"
_OPAQUE = frozenset({"JPEG", "BMP"})


def open_session(
    connection: Connection | None = None, secret: Secret | str | None = None
) -> ScriptSession:
    """Get ready to make variations; nobody is called yet.

    Args:
        connection: which service; without, the embedded engine.
        secret: the service's API key, where it needs one.

    Raises:
        InvalidCredential: the service needs a key, or `secret` cannot be one.
        InvalidConnection: the key would travel unencrypted, or a file or header cannot be used.
    """
    connection = connection or Connection()
    if isinstance(secret, str):
        secret = Secret(secret, name=connection.credential)
    return ScriptSession(connection, secret)


class ScriptSession(Session):
    """A session that makes the jobs itself."""

    def __enter__(self) -> Self:
        return self

    def vary(
        self,
        picture: str | os.PathLike[str] | bytes,
        *,
        n: int | None = None,
        size: str | None = None,
        model: str | None = None,
        fields: Mapping[str, str] | None = None,
        prepare: Preparation = Preparation.AUTOMATIC,
        progress: Progress | None = None,
    ) -> list[Variation]:
        """Make variations of a picture; what should be known of them is a Python warning.

        Args:
            picture: path, URL or content of a picture, in any usual format.
            n: how many, 1 to 10; one by default.
            size: `256x256`, `512x512` or `1024x1024`, the default.
            model: one that the service knows.
            fields: further form fields for servers that want them.
            prepare: how the picture becomes what the call needs.
            progress: is told what happens; an exception that it raises ends the work.

        Raises:
            InvalidRequest: the picture or a value cannot be used; nothing was sent.
            ServiceError: no picture came; `may_be_billed` says whether it may be charged.
        """
        extra = tuple((fields or {}).items())
        request = VariationRequest(b"", model=model, n=n, size=size, extra_fields=extra)
        location = Picture("picture", picture) if isinstance(picture, bytes) else os.fspath(picture)
        job = VariationJob(location, request, prepare)
        return _variations(job.run(self, _ScriptWatch(progress)))


@dataclass(frozen=True)
class Variation:
    """A picture that was made.

    Attributes:
        index: its number in the answer, from 1.
        png: it as a PNG file.
        width, height: in pixels.
        seed: what makes the same pictures again, where the service works with seeds.
        revised_prompt: what the service made of the prompt, where it says so.
    """

    index: int
    png: bytes = field(repr=False)
    width: int
    height: int
    seed: int | None = None
    revised_prompt: str | None = None

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write it, over a file that is there, in the format that the name's ending says.

        Raises:
            InvalidOutput: no format has this ending.
            OSError: the file cannot be written; one that was there is as before.
        """
        target = Path(path)
        write_atomically(target, self._encoded(target.suffix))
        return target

    def _encoded(self, suffix: str) -> bytes:
        from PIL import Image

        kind = Image.registered_extensions().get(suffix.lower())
        if kind is None or kind not in Image.SAVE:
            raise InvalidOutput(
                f'No format for pictures has the ending "{suffix}": name the file like cat.png, '
                "cat.jpg or cat.webp."
            )
        if kind == "PNG":
            return self.png
        picture: Image.Image = Image.open(io.BytesIO(self.png))
        if kind in _OPAQUE and picture.mode == "RGBA":
            ground = Image.new("RGBA", picture.size, _GROUND)
            picture = Image.alpha_composite(ground, picture).convert("RGB")
        file = io.BytesIO()
        picture.save(file, kind)
        return file.getvalue()

    def _repr_png_(self) -> bytes:
        """What notebooks show."""
        return self.png


class _ScriptWatch(QuietWatch):
    """Hands progress on; warnings become Python's."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def progress(self, message: str, fraction: float | None = None) -> None:
        if self._progress is not None:
            self._progress(message, fraction)

    def warn(self, message: str) -> None:
        warnings.warn(message, stacklevel=2)


def _variations(outcome: Outcome) -> list[Variation]:
    seed = outcome.answer.seed if outcome.answer else None
    return [
        Variation(
            image.index + 1, image.png, image.width, image.height, seed, image.data.revised_prompt
        )
        for image in outcome.images
        if image.png is not None and image.width is not None and image.height is not None
    ]
