"""What it costs to refuse bodies made to fill the memory: peak and time of a whole process.

python -m tests.faults.hostile_bodies
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from .fault import images, png
from .server import FaultServer, Peer, Serve

MEGABYTE = 1_000_000
# Just under what is read at all (64 MiB), so that every byte of it has to be borne.
SIZE = 66 * MEGABYTE


def _head(status: int = 200) -> bytes:
    return f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\n\r\n".encode()


def _body(make: Callable[[], bytes], status: int = 200) -> Serve:
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(_head(status) + make())

    return serve


def _for_ever(block: bytes, head: bytes = b"") -> Serve:
    def serve(peer: Peer) -> None:
        peer.read()
        peer.send(head or _head())
        while True:
            peer.send(block)

    return serve


def _bomb(peer: Peer) -> None:
    peer.read()
    peer.answer(200, gzip.compress(bytes(1 << 20)) * 1024, content_encoding="gzip")


def _b64(data: bytes) -> bytes:
    return json.dumps(images({"b64_json": base64.b64encode(data).decode()})).encode()


def _ten_noises() -> bytes:
    text = base64.b64encode(os.urandom(SIZE // 14)).decode()
    return json.dumps(images(*[{"b64_json": text}] * 10)).encode()


def _flat(edge: int) -> str:
    """A picture of one colour in base64: few bytes, many pixels."""
    file = io.BytesIO()
    Image.new("RGB", (edge, edge)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _flat_jpeg(edge: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (edge, edge)).save(file, "JPEG")
    return base64.b64encode(file.getvalue()).decode()


def _ten_large() -> bytes:
    """Ten pictures that fill the answer and are encoded anew."""
    file = io.BytesIO()
    noise = Image.frombytes("L", (2600, 2600), os.urandom(2600**2))
    noise.save(file, "JPEG", quality=80)
    text = base64.b64encode(file.getvalue()).decode()
    return json.dumps(images(*[{"b64_json": text}] * 10)).encode()


def _endless_download(peer: Peer) -> None:
    if peer.read().line.startswith("POST"):
        peer.answer(200, images({"url": f"http://{peer.address}/picture.png"}))
    else:
        _for_ever(png() * 1000, _head())(peer)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BODIES: dict[str, Serve] = {
    "a body without end": _for_ever(bytes(65_536)),
    "chunks without end": _for_ever(b"10000\r\n" + bytes(65_536) + b"\r\n", CHUNKED),
    "a gigabyte, compressed to a megabyte": _bomb,
    "22 million empty objects": _body(lambda: b"[" + b"{}," * (SIZE // 3) + b"{}]"),
    "brackets nested 66 million deep": _body(lambda: b"[" * SIZE),
    "66 MB of the rarest letters": _body(lambda: b'["' + "\U0001f600".encode() * (SIZE // 4)),
    "one rare letter in a text of 66 MB": _body(
        lambda: b'{"data": [{"b64_json": "\\ud83d\\ude00' + b"A" * SIZE + b'"}]}'
    ),
    "66 MB of base64 that is none": _body(
        lambda: b'{"data": [{"b64_json": "' + b"A" * SIZE + b'="}]}'
    ),
    "base64 of 49 MB that are no picture": _body(lambda: _b64(os.urandom(SIZE // 4 * 3 - 100))),
    "ten base64 texts that are no pictures": _body(_ten_noises),
    "66 MB without meaning": _body(lambda: os.urandom(SIZE)),
    "an error of 66 MB": _body(lambda: b'{"error": "' + b"x" * SIZE + b'"}', 400),
    "an error page of 66 MB": _body(lambda: b"<html><title>" * (SIZE // 13), 502),
    "an error of 22 million objects": _body(lambda: b"[" + b"{}," * (SIZE // 3) + b"{}]", 400),
    "a picture behind an address, without end": _endless_download,
    "8,000 addresses that are none": _body(
        lambda: json.dumps(images(*[{"url": "x"}] * 8000)).encode()
    ),
    "forty pictures of 7000x7000": _body(
        lambda: json.dumps(images(*[{"b64_json": _flat(7000)}] * 40)).encode()
    ),
    "forty JPEG pictures of 4000x4000": _body(
        lambda: json.dumps(images(*[{"b64_json": _flat_jpeg(4000)}] * 40)).encode()
    ),
    "ten noisy pictures to encode anew": _body(_ten_large),
    "66 MB of base64 in the shortest of lines": _body(
        lambda: b'{"data": [{"b64_json": "' + b"A\\n" * (SIZE // 3) + b'"}]}'
    ),
}


def measure(name: str) -> dict[str, float | str]:
    """Refuse a body in a process of its own: peak `megabytes`, `seconds`, and what it `says`."""
    with FaultServer(BODIES[name]) as server:
        ended = subprocess.run(
            [sys.executable, "-m", __spec__.name, f"http://{server.address}/v1"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
        )
    return json.loads(ended.stdout)


def _refuse(url: str) -> dict[str, float | str]:
    from openai_images import Connection, VariationRequest, open_session
    from openai_images.connection import ServiceKind
    from openai_images.errors import ImagesError
    from openai_images.options import RetryPolicy
    from openai_images.services.collect import collect_images, read_answer
    from openai_images.watch import UNWATCHED

    connection = Connection(
        service=ServiceKind.COMPATIBLE, base_url=url, retry=RetryPolicy(attempts=1)
    )
    request = VariationRequest(png(), n=10)
    began, said = time.perf_counter(), "nothing"
    try:
        with open_session(connection) as session:
            response = session.service.create_variation(request)
            answer = read_answer(response, connection)
            collected = collect_images(
                answer, request, session.service, UNWATCHED, download=True, ends=response.ends
            )
        said = "; ".join(image.problem for image in collected)
    except ImagesError as error:
        said = str(error)
    seconds = time.perf_counter() - began
    return {"megabytes": _peak_megabytes(), "seconds": round(seconds, 1), "says": said}


def _peak_megabytes() -> int:
    """Of this process alone: getrusage would count what its parent was when it was forked."""
    status = Path("/proc/self/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    return round(int(kilobytes) * 1024 / MEGABYTE)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_refuse(sys.argv[1])))
    else:
        for body in BODIES:
            print(f"{body:45}", measure(body), flush=True)
