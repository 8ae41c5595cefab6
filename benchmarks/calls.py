"""(a) Calls by our batch, by the `openai` package's async client, and one after the other by
`requests`; (b) the table node: speed, memory, the journal's share."""

from __future__ import annotations

import argparse
import base64
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from loopback import answer, photograph, serving
from measuring import Curve, Effort, Section, run_part, samples_of, spent

AT_ONCE = 16
MILLISECONDS = 250
IDEAL = AT_ONCE * 1000 / MILLISECONDS
"""Pictures a second that so many callers can have of such a service."""


def measure_clients(effort: Effort, figures: dict[str, float]) -> list[Section]:
    rows = []
    for size, count in ((512, effort.of(512, 16)), (1024, effort.of(256, 16))):
        few = effort.of(16, 2)
        with service(size, MILLISECONDS) as port:
            values: dict[str, Any] = {"port": port, "size": size}
            ours, theirs, one = samples_of(
                effort.rounds,
                partial(run_part, "calls:batch", rows=count, at_once=AT_ONCE, **values),
                partial(run_part, "calls:openai", rows=count, at_once=AT_ONCE, **values),
                partial(run_part, "calls:one_at_a_time", rows=few, **values),
            )
        named = {
            "our batch, 16 at once": ours,
            "`openai`, async, 16 at once": theirs,
            "`requests`, one at a time": one,
        }
        for name, found in named.items():
            rows.append(
                [
                    f"{size}",
                    name,
                    f"{found['rate'].median / one['rate'].median:.1f}",
                    f"{found['rate'].median / IDEAL:.2f}" if found is not one else "",
                    f"{found['cpu'].median / theirs['cpu'].median:.2f}",
                    found["rate"].shown(),
                    found["cpu"].shown(),
                ]
            )
        figures[f"batch_cpu_{size}"] = ours["cpu"].median
        figures[f"batch_share_{size}"] = ours["rate"].median / IDEAL
    text = (
        f"A service on loopback answers each call after {MILLISECONDS} ms with a picture in "
        "base64: 16 at once can have 64 pictures a second, one at a time 4. Our batch reads, "
        "checks and decodes every picture and keeps what came as PNG; the others only take the "
        "bytes out of the base64. Each runs in a process of its own, in turns."
    )
    section = Section(
        "(a) Calls, next to other clients",
        text,
        [
            "pixels",
            "client",
            "speed, of one at a time",
            "of ideal",
            "CPU, of `openai`",
            "pictures a second",
            "CPU ms a picture",
        ],
        rows,
        [_throughput_over_concurrency(effort)],
    )
    return [section]


def _throughput_over_concurrency(effort: Effort) -> Curve:
    points, ideal = [], []
    with service(512, MILLISECONDS) as port:
        for at_once in (1, 2) if effort.quick else (1, 2, 4, 8, 16, 32, 64):
            rows = at_once * effort.of(12, 1)
            found = run_part("calls:batch", port=port, size=512, rows=rows, at_once=at_once)
            points.append((at_once, found["rate"]))
            ideal.append((at_once, at_once * 1000 / MILLISECONDS))
    lines = {"our batch": points, "what the service allows": ideal}
    return Curve("concurrency", "calls at once", "pictures of 512 a second", lines)


def measure_table(effort: Effort, figures: dict[str, float]) -> list[Section]:
    return [_node(effort, figures), _journal(effort, figures)]


def _node(effort: Effort, figures: dict[str, float]) -> Section:
    rows, memory = _beside_openai(effort, figures), {}
    for size, at_once, numbers in (
        (512, AT_ONCE, (100, 500, 1500)),
        (512, 4, (300,)),
        (1024, AT_ONCE, (300,)),
    ):
        with service(size, 0) as port:
            for count in (effort.of(number, 8) for number in numbers):
                found = node_run(port, count, at_once, size)
                memory[size, at_once, count] = found["peak"]
                rows.append(
                    [
                        f"{count:,} rows of {size}, {at_once} at once, no wait",
                        *[""] * 3,
                        f"{found['rate']:,.1f}",
                        f"{found['cpu']:.1f}",
                        f"{found['peak']:,.0f}",
                    ]
                )
    flat = [(count, peak) for (size, at, count), peak in memory.items() if (size, at) == (512, 16)]
    figures["node_peak_512_16"] = flat[-1][1]
    figures["node_peak_512_4"] = next(v for (s, at, _), v in memory.items() if (s, at) == (512, 4))
    figures["node_peak_1024_16"] = next(v for (s, _, _), v in memory.items() if s == 1024)
    text = (
        "The node as the headless runner runs it, with a column of paths: it reads, checks and "
        "sends each picture, keeps each answer in its journal, and writes both tables. Memory is "
        "the peak of the process, with the interpreter and all libraries. A service without wait "
        "shows what the node itself can do; it shares the cores with it. *Of ideal* is the share "
        f"of the {IDEAL:.0f} pictures a second that 16 callers can have of "
        f"a service that takes {MILLISECONDS} ms; what the service costs itself, on the same "
        "cores, is part of what is lacking. `openai` is its async client in turns with the node, "
        "at the same service: it neither checks nor keeps anything."
    )
    columns = [
        *("run", "of ideal", "speed, of `openai`", "CPU, of `openai`"),
        *("pictures a second", "CPU ms a picture", "peak MiB"),
    ]
    curve = Curve("memory", "rows", "peak MiB", {"table node, 512 pixels": flat})
    return Section("(b) The table node", text, columns, rows, [curve])


def _beside_openai(effort: Effort, figures: dict[str, float]) -> list[list[str]]:
    """The node and the `openai` client, in turns; only what is large outweighs their start."""
    rows = []
    for size, count in ((512, effort.of(512, 16)), (1024, effort.of(256, 16))):
        with service(size, MILLISECONDS) as port:
            node, client = samples_of(
                effort.rounds,
                partial(node_run, port, count, AT_ONCE, size),
                partial(openai, port=port, rows=count, at_once=AT_ONCE, size=size),
            )
        share = node["rate"].median / IDEAL
        rows.append(
            [
                f"{count} rows of {size}, 16 at once",
                f"{share:.2f}",
                f"{node['rate'].median / client['rate'].median:.2f}",
                f"{node['cpu'].median / client['cpu'].median:.2f}",
                node["rate"].shown(),
                node["cpu"].shown(),
                node["peak"].shown(0),
            ]
        )
        figures[f"node_cpu_{size}"] = node["cpu"].median
    return rows


def _journal(effort: Effort, figures: dict[str, float]) -> Section:
    count = effort.of(300, 8)
    stores = ("none", "sqlite", "objects")
    with service(512, 0) as port:
        parts = [
            partial(run_part, "calls:batch", port=port, size=512, rows=count, at_once=8, store=it)
            for it in stores
        ]
        found = dict(zip(stores, samples_of(effort.rounds, *parts), strict=True))
    alone = {
        store: run_part("calls:journal_alone", size=512, rows=count, at_once=8, store=store)
        for store in stores[1:]
    }
    bare = found["none"]["cpu"].median
    names = {"none": "without", "sqlite": "SQLite and a file", "objects": "objects on a local disk"}
    rows = []
    for store, sample in found.items():
        share = 1 - bare / sample["cpu"].median
        wall = 1000 * sample["seconds"].median / count
        own = alone.get(store)
        rows.append(
            [
                names[store],
                f"{share:.2f}",
                sample["cpu"].shown(),
                f"{wall:.1f}",
                f"{own['cpu']:.1f}" if own else "",
                f"{1000 * own['seconds'] / count:.1f}" if own else "",
            ]
        )
        figures[f"journal_ms_{store}"] = wall - 1000 * found["none"]["seconds"].median / count
    text = (
        "The same batch, 8 at once, with and without a journal; the service does not wait, so "
        "the journal cannot hide behind it. Every call is synced to the disk twice. *Alone* is "
        "the journal without any call: claim, sent, and done with that answer, 8 at once. The disk "
        "of an object store is the network: its round trips (four a call) were not measured."
    )
    columns = [
        *("journal", "its share of the CPU", "CPU ms a picture", "ms a picture"),
        *("alone: CPU ms a call", "alone: ms a call"),
    ]
    return Section("(b) The journal's share", text, columns, rows)


def service(size: int, milliseconds: int) -> Any:
    """The loopback service that answers with a picture of `size`; gives its port."""
    return serving(milliseconds, answer(size))


def node_run(port: int, rows: int, at_once: int, size: int) -> dict[str, float]:
    """The figures of the table node, run by `table.py`."""
    import table

    options = _options(rows=rows, at_once=at_once, size=size, milliseconds=0)
    found = table.run_part("node", options, port)
    return {
        "seconds": found["seconds"],
        "rate": rows / found["seconds"],
        "cpu": 1000 * found["cpu"] / rows,
        "peak": found["peak"] / 2**20,
    }


def _options(**values: int) -> argparse.Namespace:
    return argparse.Namespace(**values)


def batch(port: int, rows: int, at_once: int, size: int, store: str = "none") -> dict[str, float]:
    """Our batch on `rows` pictures."""
    from openai_images import batch as batches
    from openai_images.connection import Connection, ServiceKind
    from openai_images.job import VariationJob
    from openai_images.request import VariationRequest
    from openai_images.session import open_session
    from openai_images.source import Picture

    connection = Connection(ServiceKind.COMPATIBLE, base_url=f"http://127.0.0.1:{port}/v1")
    picture = Picture("picture.png", _photograph())
    request = VariationRequest(b"", size=f"{size}x{size}", response_format="b64_json")
    job = VariationJob(picture, request)

    def run(count: int) -> None:
        items = (batches.Item(number, job) for number in range(count))
        with tempfile.TemporaryDirectory() as folder, open_session(connection) as session:
            journal = _journal_in(Path(folder), store)
            service = None if journal is None else session.recorded(journal)
            for result in batches.run(items, session, service, concurrency=at_once):
                if result.error is not None:
                    raise result.error

    run(at_once)
    return spent(lambda: run(rows), rows)


def journal_alone(rows: int, at_once: int, size: int, store: str) -> dict[str, float]:
    """The journal's part of `rows` calls, from as many threads as calls are made at once."""
    from concurrent.futures import ThreadPoolExecutor

    from openai_images.response import ApiResponse

    response = ApiResponse(200, {"content-type": "application/json"}, answer(size))

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(at_once) as threads:
        journal = _journal_in(Path(folder), store)

        def record(number: int) -> None:
            call = journal.claim(f"{number:064x}")
            journal.sent(call)
            journal.done(call, response)

        return spent(lambda: list(threads.map(record, range(rows))), rows)


def _journal_in(folder: Path, store: str) -> Any:
    from pyarrow import fs

    from openai_images.journal import SqliteJournal
    from openai_images.journal.objects import ObjectJournal

    if store == "sqlite":
        return SqliteJournal(folder, "run")
    return ObjectJournal(fs.LocalFileSystem(), str(folder)) if store == "objects" else None


def openai(port: int, rows: int, at_once: int, size: int) -> dict[str, float]:
    """The `openai` package's async client, run as `table.py` runs it."""
    import table

    options = _options(rows=rows, at_once=at_once, size=size, milliseconds=0)
    found = table.run_part("client", options, port)
    return {"rate": rows / found["seconds"], "cpu": 1000 * found["cpu"] / rows}


def one_at_a_time(port: int, rows: int, size: int) -> dict[str, float]:
    """`requests`, with one connection and one call after the other."""
    import requests

    content = _photograph()
    fields = {"size": f"{size}x{size}", "response_format": "b64_json"}

    def run(count: int) -> None:
        with requests.Session() as session:
            for _ in range(count):
                answer = session.post(
                    f"http://127.0.0.1:{port}/v1/images/variations",
                    data=fields,
                    files={"image": ("picture.png", content, "image/png")},
                    timeout=60,
                )
                base64.b64decode(answer.json()["data"][0]["b64_json"])

    run(1)
    return spent(lambda: run(rows), rows)


def _photograph() -> bytes:
    return photograph(256)
