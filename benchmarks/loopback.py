"""A service on loopback that answers every POST with the same bytes, a while after it came.

It costs as little as Python can: the answer is made once, and nothing is parsed but the length of
the request. What it costs all the same comes off the two cores that its clients work on.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PHOTOGRAPH = Path(__file__).parents[1] / "demos" / "coffee.png"


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


async def serve(milliseconds: float, body: bytes) -> None:
    """Serve for ever; tell the port on standard output."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    whole = head % len(body) + body

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).lower()
                _, _, rest = request.partition(b"content-length:")
                await reader.readexactly(int(rest.partition(b"\r\n")[0]))
                if milliseconds:
                    await asyncio.sleep(milliseconds / 1000)
                writer.write(whole)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**22, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.stdin.buffer.read()))
