"""Write docs/faults-tested.md from the table of faults and from what was measured.

python -m tests.faults.document
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from openai_images.options import RetryPolicy

from .fault import Delivered, Fault
from .measure import MEASURED
from .table import CHAPTERS, FAULTS

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "faults.md"
DOCUMENT = ROOT / "docs" / "faults-tested.md"
FUZZ = ROOT / "benchmarks" / "fuzz" / "results.json"
# As a reader would meet them.
NAMES = {"{address}": "service:8080", "{port}": "8080", "{folder}": "/etc/pki"}
LONGEST_CELL = 400

INTRODUCTION = """\
# Faults that are tried, and what comes of them

For people whose call just failed there is [a shorter page](faults.md). This one is made from the
tests: `python -m tests.faults.document` writes it, and a test fails when it is out of date. Each
of the {count} faults below is served over real sockets by `tests/faults/server.py`, and one
parametrised test (`tests/faults/test_faults.py`) makes the call through the package's public
interface and checks the result or the whole text of the error, the number of calls, that it ends
in time, that no thread is left running, and that a marked API key appears nowhere in messages,
exceptions and their causes, the package's variables, logs of every level, and answers, whether
plain, percent-encoded or in base64.

**What is sent again.** A call is repeated only where it cannot have been billed: when it did not
leave this machine, on 408, 409 and 429, on 503 with `retry-after`, and where the service says
`x-should-retry: true`. Everything else that may have been done (a silent or broken connection
after sending, any other 5xx) is repeated only if the connector allows it. The policy has {attempts}
attempts by default, and the tests use 3. `retry-after`, `retry-after-ms` and HTTP dates are obeyed
exactly; a wait longer than the longest one allowed ends the call.

**Canceling** ends a wait within a second, and a connection attempt, an upload, the wait for an
answer and a download within two, with the connection cut and no thread left
(`tests/transport/test_exchange.py`, `test_attempts.py`). One thing cannot be interrupted: a name
server that does not answer. The node ends all the same, and the question is given up when the
operating system's resolver does.

**Known limits.** Behind an HTTP proxy it is the proxy that looks up names, so for results only
literal addresses are checked there. A body without a length that ends early cannot be told from
one that is complete until it is read as JSON or as a picture."""

MEMORY = """\
## Memory

Peak memory of a whole process, interpreter and libraries included, while it refuses (or reads,
where there is no harm) what was made to fill it; measured with `python -m tests.faults.measure`
on a shared machine with two cores, so the seconds are upper bounds. Tests hold all of them under
300 MB."""

FUZZING = """\
## Fuzzing

Coverage-guided, with [atheris](https://github.com/google/atheris):
`python benchmarks/fuzz/run.py --seconds 600` runs one target after the other, each in a process of
its own at the lowest priority. A finding is any exception but the one that is meant for bad input,
any broken promise (`benchmarks/fuzz/targets.py` states them), over a gigabyte of memory, or an
input that takes 10 seconds. The table shows the last complete runs (atheris 3.0, Python 3.11).

A trial run before them found one mistake, now corrected: a wait followed by certain control
characters raised an error instead of being read. What to think of the rest: only Python code is
guided by coverage, so Pillow's decoders in C are fed, but not explored; and most changed PNG files
end at a wrong checksum, so their depths are reached from the seeds and by the tests of
`tests/pictures` rather than by chance."""

FUZZ_TARGETS = {
    "answers": "reading answers",
    "errors": "reading errors",
    "waits": "`retry-after` and durations",
    "png": "PNG checks",
    "preparation": "preparing pictures",
}


def render() -> str:
    """The page."""
    parts = [INTRODUCTION.format(count=len(FAULTS), attempts=RetryPolicy().attempts)]
    for title, faults in CHAPTERS.items():
        head = ("Fault", "The server…", "What comes of it", "Calls", "May be billed")
        parts += [f"## {title}", _table(head, map(_row, faults))]
    return "\n\n".join([*parts, *_memory(), *_fuzzing()]) + "\n"


def _row(fault: Fault) -> tuple[str, ...]:
    gives = fault.gives
    calls = str(fault.tries) + (f" + {fault.fetches} downloads" if fault.fetches else "")
    if isinstance(gives, Delivered):
        result = f"**{gives.pictures} picture{'s' * (gives.pictures != 1)}**"
        text = " ".join([result, *map(_shown, gives.warnings)])
        return fault.name, _cell(fault.does), text, calls, "yes"
    billed = "yes" if gives.billed else "no"
    return fault.name, _cell(fault.does), _shown(gives.message), calls, billed


def _shown(message: str) -> str:
    for name, value in NAMES.items():
        message = message.replace(name, value)
    return _cell(message)


def _cell(text: str) -> str:
    """Text in a Markdown table."""
    text = text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
    for character in "\\`*_[]<>|":
        text = text.replace(character, "\\" + character)
    return text


def _memory() -> list[str]:
    measured = json.loads(MEASURED.read_text())
    parts = [MEMORY]
    for title, kind in (("Bodies", "bodies"), ("Pictures", "pictures")):
        rows = ((_cell(n), f"{mb} MB", f"{s} s") for n, (mb, s) in measured[kind].items())
        parts += [f"### {title}", _table(("What was sent", "Peak", "Time"), rows)]
    return parts


def _fuzzing() -> list[str]:
    results = json.loads(FUZZ.read_text())
    rows = (
        (
            what,
            f"{results[target]['runs']:,}",
            f"{results[target]['seconds']:,} s",
            f"{results[target]['peak_megabytes']} MB",
            str(results[target]["findings"]),
        )
        for target, what in FUZZ_TARGETS.items()
        if target in results
    )
    return [FUZZING, _table(("Target", "Runs", "Time", "Peak", "Findings"), rows)]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
