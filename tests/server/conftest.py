"""The server of these tests: the real one, on a free loopback port, in a thread."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import pytest
import uvicorn
from PIL import Image

from openai_images.server.run import configure, listen
from openai_images.server.settings import Settings

Start = Callable[[Settings], AbstractContextManager[str]]


@contextmanager
def _running(settings: Settings) -> Iterator[str]:
    listener = listen(settings)
    server = uvicorn.Server(configure(settings))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        # The socket listens already: calls that come before the server is up wait in its backlog.
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()
    assert not thread.is_alive()


@pytest.fixture(scope="session")
def start() -> Start:
    """Run a server with some settings for the length of a `with` block; gives its address."""
    return _running


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """A server without keys, with two engine processes."""
    with _running(Settings(port=0, workers=2)) as url:
        yield url


@pytest.fixture(scope="session")
def png() -> bytes:
    """A square picture with soft structure everywhere."""
    return encoded("PNG", (64, 64))


@pytest.fixture(scope="session")
def encode() -> Callable[..., bytes]:
    """Make the picture of `png` in another format or size."""
    return encoded


def encoded(kind: str, size: tuple[int, int]) -> bytes:
    coarse = np.random.default_rng(7).integers(0, 256, (8, 8, 3), np.uint8)
    image = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()
