"""What runs in an engine process: one picture in, one variation out."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from .. import engine
from ..errors import InvalidPicture
from ..pictures import MAX_PICTURE_BYTES, open_picture, sniff, to_png
from ..pictures.formats import Broken, read_layout

__all__ = ["EDIT_FORMATS", "Made", "Subject", "Task", "make", "ready", "start"]

EDIT_FORMATS = ("PNG", "JPEG", "WEBP")
"""What OpenAI's edits call takes."""


@dataclass(frozen=True)
class Subject:
    """The picture that variations are made of.

    Attributes:
        crop: whether the middle square is taken; otherwise the picture must be what OpenAI's
            variations call takes.
        max_pixels: width times height that is decoded at most.
    """

    content: bytes = field(repr=False)
    name: str
    crop: bool
    max_pixels: int


@dataclass(frozen=True)
class Task:
    """One variation: `pixels` wide and high, the `index`-th of its seed."""

    subject: Subject
    pixels: int
    seed: int
    index: int
    strength: float


class Made(NamedTuple):
    """A variation as a PNG file, and the seconds that it took."""

    png: bytes
    seconds: float


def start() -> None:
    """Prepare an engine process: signals are the server's business, and it dies with the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def ready() -> int:
    """The process id; to have the engine loaded before the first call."""
    return os.getpid()


def make(task: Task) -> Made:
    """Make one variation.

    Raises:
        InvalidPicture: the picture cannot be decoded, is too large, or not what the call takes.
    """
    began = time.monotonic()
    image = engine.variation(
        _source(task.subject),
        task.pixels,
        seed=task.seed,
        index=task.index,
        strength=task.strength,
    )
    return Made(to_png(image), time.monotonic() - began)


@lru_cache(maxsize=1)  # the images of one call follow each other
def _source(subject: Subject) -> engine.Source:
    kind = sniff(subject.content)
    if not subject.crop and (kind != "PNG" or len(subject.content) >= MAX_PICTURE_BYTES):
        raise InvalidPicture("Uploaded image must be a PNG and less than 4 MB.")
    if kind not in EDIT_FORMATS:
        raise InvalidPicture("Uploaded image must be a PNG, JPEG or WebP.")
    _check_pixels(subject, kind)
    image = open_picture(subject.content, subject.name)
    if not subject.crop and image.width != image.height:
        raise InvalidPicture(
            f"Uploaded image must be square; it has {image.width} x {image.height} pixels."
        )
    return engine.Source(image)  # takes the middle square itself


def _check_pixels(subject: Subject, kind: str) -> None:
    try:
        layout = read_layout(subject.content, kind)
    except Broken:
        return  # decoding it says why
    if layout.width * layout.height > subject.max_pixels:
        raise InvalidPicture(
            f"The picture has {layout.width} x {layout.height} pixels; "
            f"this server takes {subject.max_pixels:,} at most."
        )


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
