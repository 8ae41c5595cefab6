"""A service on loopback that answers every POST with the same bytes, a while after it came.

It costs as little as Python can: the answer is made once and handed to the system whole, and
nothing is parsed but the length of the request. What it costs all the same comes off the two cores
that its clients work on.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PHOTOGRAPH = Path(__file__).parents[1] / "demos" / "coffee.png"
# Bytes that the system takes of an answer at once, where it allows so many.
SEND_BUFFER = 2**22


def photograph(size: int) -> bytes:
    """A square photograph as PNG."""
    from PIL import Image

    file = io.BytesIO()
    with Image.open(PHOTOGRAPH) as picture:
        picture.convert("RGB").resize((size, size)).save(file, "PNG")
    return file.getvalue()


def answer(size: int) -> bytes:
    """The JSON of an images call with the photograph in base64."""
    text = base64.b64encode(photograph(size)).decode("ascii")
    return json.dumps({"created": 1, "data": [{"b64_json": text}]}).encode("ascii")


@contextmanager
def serving(milliseconds: float, body: bytes) -> Iterator[int]:
    """The service in a process of its own; gives its port."""
    command = [sys.executable, __file__, str(milliseconds)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(body)
        process.stdin.close()
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


class Talk(asyncio.Protocol):
    """One connection: counts the bytes of each request, then waits, then answers."""

    def __init__(self, seconds: float, whole: bytes) -> None:
        self._seconds, self._whole = seconds, whole
        self._head = b""
        self._missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._missing:
            self._head += data
            head, end, content = self._head.partition(b"\r\n\r\n")
            if not end:
                return
            _, _, rest = head.lower().partition(b"content-length:")
            self._missing, data, self._head = int(rest.partition(b"\r\n")[0]), content, b""
        self._missing -= len(data)
        if not self._missing:
            asyncio.get_running_loop().call_later(self._seconds, self._transport.write, self._whole)


async def serve(milliseconds: float, body: bytes) -> None:
    """Serve for ever; tell the port on standard output."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    whole = head % len(body) + body
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Talk(milliseconds / 1000, whole), "127.0.0.1", 0, backlog=256
    )
    server.sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    # The usual selector waits for whole milliseconds.
    event_loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    event_loop.run_until_complete(serve(float(sys.argv[1]), sys.stdin.buffer.read()))
