"""What a fault is: what the server does, and what must come of it."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from openai_images.errors import ImagesError

from .server import Peer, Serve

# Every character that some encoding writes differently; 8 characters or more are masked.
KEY = "sk-marked/Key+for=faults?0123456789"


@dataclass(frozen=True)
class Refused:
    """The call ends with an error.

    In messages `{address}` stands for the server's address and port, `{port}` for the port alone
    and `{folder}` for the folder of the CA bundle.
    """

    kind: type[ImagesError]
    message: str
    billed: bool = False


@dataclass(frozen=True)
class Delivered:
    """The call ends with pictures, and warnings about what is not as asked for."""

    pictures: int = 1
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One row of the table.

    Attributes:
        does: what the server does.
        gives: what comes of it.
        tries: how many calls are made.
        reaches: whether those calls arrive as HTTP requests.
        fetches: how many result addresses are fetched.
        url: base URL; `{address}` is the server, `{port}` its port.
        connection, retry, timeouts, request: fields that differ from the test's defaults.
        proxy: the proxy of the process, with the same placeholders.
        place: `server`, or a `full` or `closed` port instead of one.
        certificate: which certificate the server shows: none, `good`, `stranger`, `other name`
            or `expired`.
        is_large: whether the picture sent has about 3 MB.
        slow_reader: whether the server's receive buffer is tiny.
    """

    name: str
    does: str
    serve: Serve
    gives: Refused | Delivered
    tries: int = 1
    reaches: bool = True
    fetches: int = 0
    url: str = "http://{address}/v1"
    connection: Mapping[str, Any] = field(default_factory=dict)
    retry: Mapping[str, Any] = field(default_factory=dict)
    timeouts: Mapping[str, float] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)
    proxy: str = ""
    place: str = "server"
    certificate: str = ""
    is_large: bool = False
    slow_reader: bool = False


def png(edge: int = 8, mode: str = "RGB", kind: str = "PNG") -> bytes:
    """A picture file of one colour."""
    file = io.BytesIO()
    Image.new(mode, (edge, edge), 3).save(file, kind)
    return file.getvalue()


def b64(content: bytes) -> dict[str, str]:
    return {"b64_json": base64.b64encode(content).decode()}


def images(*items: dict[str, Any], **others: Any) -> dict[str, Any]:
    """The JSON of an answer."""
    return {"created": 1_700_000_000, "data": list(items), **others}


SUCCESS = images(b64(png()))


def answers(status: int, body: object = b"", **headers: str) -> Serve:
    """Read the request and answer it."""

    def serve(peer: Peer) -> None:
        peer.read()
        peer.answer(status, body, **headers)

    return serve


def raw(data: bytes) -> Serve:
    """Read the request and send bytes."""

    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(data)

    return serve


def in_turn(*steps: Serve) -> Serve:
    """The first request gets the first step, and so on; later ones get the last."""

    def serve(peer: Peer) -> None:
        peer.read()
        steps[min(peer.number, len(steps)) - 1](peer)

    return serve


def says(message: str, code: str | None = None, **others: Any) -> dict[str, Any]:
    """OpenAI's JSON of an error."""
    return {"error": {"message": message, "type": None, "param": None, "code": code, **others}}
