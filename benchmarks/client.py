"""What a call costs the client, next to the `openai` client against the same server: processor time
per call, one after the other.

    python benchmarks/client.py [--calls 320] [--rounds 5]

The server is another process on loopback that answers with a URL, or with the picture itself.
Clients take turns in each round, and the ratios are those of their best rounds. What many calls at
once come to is part (a) of `report.py`. Needs the `openai` package.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import warnings
from collections.abc import Callable
from functools import partial

from loopback import answer, photograph, serving
from openai import AsyncOpenAI

from openai_images.connection import Connection, ServiceKind
from openai_images.job import ResultFormat, VariationJob
from openai_images.request import VariationRequest
from openai_images.secret import Secret
from openai_images.services.collect import read_answer
from openai_images.session import Session, open_session
from openai_images.source import Picture
from openai_images.transport import FilePart, Transport
from openai_images.watch import UNWATCHED

SIZE = "512x512"
SECRET = Secret("sk-not-a-real-key", name="benchmark")


async def openai_calls(base_url: str, picture: bytes, calls: int) -> None:
    """So many calls by the asynchronous client."""
    async with AsyncOpenAI(api_key=SECRET.reveal(), base_url=base_url) as client:
        for _ in range(calls):
            answer = await client.images.create_variation(
                image=("cat.png", picture, "image/png"), n=1, size=SIZE
            )
            assert answer.data


def our_calls(session: Session, picture: bytes) -> dict[str, Callable[[], object]]:
    """Each does a little more than the one before it."""
    request = VariationRequest(picture, "cat.png", n=1, size=SIZE)
    part = FilePart("image", "cat.png", picture, "image/png")
    transport = Transport(session.connection, SECRET)
    job = VariationJob(
        Picture("cat.png", picture),
        VariationRequest(b"", n=1, size=SIZE),
        result_format=ResultFormat.STRUCTURED_TABLE,
    )
    return {
        "without the check": lambda: read_answer(
            transport.post_form("/images/variations", request.fields(), [part]), session.connection
        ),
        "with the check": lambda: read_answer(
            session.service.create_variation(request), session.connection
        ),
        "whole job, results collected": lambda: job.run(session, UNWATCHED),
    }


def url_answer() -> bytes:
    """What the server sends where it is not to send the picture itself."""
    data = [{"url": "http://127.0.0.1/picture.png"}]
    return json.dumps({"created": 1, "data": data}).encode("ascii")


def clients(session: Session, picture: bytes) -> dict[str, Callable[[int], None]]:
    """What makes so many calls, by its name."""

    def repeated(call: Callable[[], object], calls: int) -> None:
        for _ in range(calls):
            call()

    def openai(calls: int) -> None:
        asyncio.run(openai_calls(session.connection.root, picture, calls))

    ours = our_calls(session, picture)
    return {"openai": openai, **{name: partial(repeated, call) for name, call in ours.items()}}


def open_benchmark_session(port: int) -> Session:
    base_url = f"http://127.0.0.1:{port}/v1"
    return open_session(Connection(service=ServiceKind.COMPATIBLE, base_url=base_url), SECRET)


def processor_time(picture: bytes, body: bytes, calls: int, rounds: int) -> dict[str, float]:
    """Milliseconds per call of each client, the best of the rounds."""
    best: dict[str, float] = {}
    with serving(0, body) as port, open_benchmark_session(port) as session:
        for _ in range(rounds):
            for name, make in clients(session, picture).items():
                began = time.process_time()
                make(calls)
                spent = (time.process_time() - began) * 1000 / calls
                best[name] = min(best.get(name, spent), spent)
    return best


def main() -> None:
    warnings.simplefilter("ignore", DeprecationWarning)
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--calls", type=int, default=320)
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    picture = photograph(512)
    for title, body in {"URL": url_answer(), "picture": answer(512)}.items():
        times = processor_time(picture, body, given.calls, given.rounds)
        print(f"\nAnswer: {title} of {len(body):,} bytes; picture sent: {len(picture):,} bytes")
        print(f"{'client':30}{'ms per call':>12}{'of openai':>11}")
        for name, spent in times.items():
            print(f"{name:30}{spent:>12.2f}{spent / times['openai']:>11.2f}")


if __name__ == "__main__":
    main()
