"""A process that makes variations for its parent, one index at a time.

Started by `pool` with nothing but pipes: no fork, which threads make unsafe, and no new import of
the parent's main module. On standard input come one line of JSON with the request, the picture's
raw pixels, and then one line per index. On standard output goes, for each, one line of JSON and raw
pixels. When the input ends, because the parent closed it or is gone, the process exits at once.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from typing import IO

from PIL import Image

from .source import Source
from .variation import variation

BOOTSTRAP = (
    "import sys; sys.path[:] = sys.argv[1:]; from openai_images.engine.worker import main; main()"
)
"""What a worker's interpreter runs; its arguments are the parent's import path."""


@dataclass(frozen=True)
class Job:
    """What all variations of a request share. mode, side: of the raw square picture."""

    mode: str
    side: int
    size: int
    seed: int
    strength: float
    mirror: bool


def send_job(pipe: IO[bytes], job: Job, pixels: bytes) -> None:
    pipe.write(json.dumps(asdict(job)).encode() + b"\n" + pixels)
    pipe.flush()


def send_index(pipe: IO[bytes], index: int) -> None:
    pipe.write(b"%d\n" % index)
    pipe.flush()


def receive_picture(pipe: IO[bytes]) -> Image.Image | None:
    """The next variation, or None if the worker has ended."""
    header = pipe.readline()
    if not header.endswith(b"\n"):
        return None
    answer = json.loads(header)
    pixels = pipe.read(answer["bytes"])
    if len(pixels) < answer["bytes"]:
        return None
    return Image.frombytes(answer["mode"], tuple(answer["size"]), pixels)


def send_picture(pipe: IO[bytes], picture: Image.Image) -> None:
    pixels = picture.tobytes()
    header = {"mode": picture.mode, "size": picture.size, "bytes": len(pixels)}
    pipe.write(json.dumps(header).encode() + b"\n" + pixels)
    pipe.flush()


def main() -> None:
    """Serve the parent until its pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which closes the pipe
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not end up among the answers
    requests = sys.stdin.buffer
    job = Job(**json.loads(requests.readline()))
    pixels = requests.read(len(job.mode) * job.side**2)
    indices: queue.Queue[int] = queue.Queue()
    threading.Thread(target=_listen, args=(requests, indices), daemon=True).start()
    source = Source(Image.frombytes(job.mode, (job.side, job.side), pixels))
    while True:
        picture = variation(
            source,
            job.size,
            seed=job.seed,
            index=indices.get(),
            strength=job.strength,
            mirror=job.mirror,
        )
        send_picture(answers, picture)


def _listen(requests: IO[bytes], indices: queue.Queue[int]) -> None:
    for line in requests:
        indices.put(int(line))
    os._exit(0)
