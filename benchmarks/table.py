"""The table node against a service that takes a while, beside the `openai` package's async client.

    python benchmarks/table.py [--rows 640] [--at-once 16] [--milliseconds 250] [--size 512]
    python benchmarks/table.py --memory [--rows 2000] [--size 1024]

The first form runs both on the same number of pictures, in processes of their own, turn by turn,
and prints pictures a second, the share of what the service allows, and CPU milliseconds per
picture. The node checks every picture, keeps every answer in its journal and writes its table; the
client only decodes base64. The second form prints the node's peak memory for a tenth of the rows,
and for all of them. Needs the extra `dev` and knime-headless; memory is read as Linux counts it.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from loopback import answer, photograph, serving

ROOT = Path(__file__).parents[1]
ROUNDS = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=640)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--milliseconds", type=int, default=250)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--part", choices=sorted(PARTS), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        PARTS[options.part](options)
    elif options.memory:
        compare_memory(options)
    else:
        compare_speed(options)


def compare_speed(options: argparse.Namespace) -> None:
    allowed = options.at_once / options.milliseconds * 1000
    seen: dict[str, list[dict[str, float]]] = {"node": [], "client": []}
    with serving(options.milliseconds, answer(options.size)) as port:
        for _ in range(ROUNDS):
            for part, results in seen.items():
                results.append(run_part(part, options, port))
    print(
        f"{options.rows} pictures of {options.size} px, the service allows {allowed:.0f} a second"
    )
    for part, results in seen.items():
        rate = statistics.median(options.rows / result["seconds"] for result in results)
        cpu = statistics.median(result["cpu"] / options.rows for result in results)
        print(
            f"{part:8} {rate:6.1f} a second ({rate / allowed:.2f}), {cpu * 1000:5.1f} ms CPU each"
        )


def compare_memory(options: argparse.Namespace) -> None:
    with serving(0, answer(options.size)) as port:
        for rows in (options.rows // 10, options.rows):
            own = argparse.Namespace(**{**vars(options), "rows": rows})
            print(f"{rows} rows: {run_part('node', own, port)['peak'] / 2**20:.0f} MiB")


def run_part(part: str, options: argparse.Namespace, port: int) -> dict[str, float]:
    with started(part, options, "--port", str(port)) as process:
        output = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"{part} failed")
    return json.loads(output.splitlines()[-1])


def started(part: str, options: argparse.Namespace, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--part", part, *more]
    for name in ("rows", "at_once", "milliseconds", "size"):
        command += [f"--{name.replace('_', '-')}", str(getattr(options, name))]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def run_node(options: argparse.Namespace) -> None:
    """The node, run as the headless runner runs it."""
    import pandas as pd

    from knime_headless import load_extension

    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.png"
        picture.write_bytes(photograph(256))
        nodes = load_extension(ROOT).nodes
        connection = {
            "service": "COMPATIBLE",
            "base_url": f"http://127.0.0.1:{options.port}/v1",
            "check_connection": False,
        }
        configuration = nodes["openai_image_connector"].execute(connection, []).outputs[0]

        def run(rows: int) -> None:
            table = pd.DataFrame({"Path": [str(picture)] * rows})
            settings = {"concurrency": options.at_once}
            ran = nodes["create_image_variations_table"].execute(
                settings, [configuration, table], data_area=Path(folder) / "data"
            )
            if ran.outputs[0].num_rows != rows:
                raise SystemExit("rows failed")

        run(options.at_once)
        report(lambda: run(options.rows))


def run_client(options: argparse.Namespace) -> None:
    """The `openai` package, as its documentation shows it."""
    import openai

    warnings.simplefilter("ignore", DeprecationWarning)
    content = photograph(256)

    async def ask(client: Any, gate: asyncio.Semaphore) -> bytes:
        async with gate:
            answer = await client.images.create_variation(
                image=("picture.png", content, "image/png"), response_format="b64_json"
            )
            return base64.b64decode(answer.data[0].b64_json)

    async def all_of(rows: int) -> None:
        gate = asyncio.Semaphore(options.at_once)
        base_url = f"http://127.0.0.1:{options.port}/v1"
        async with openai.AsyncOpenAI(api_key="none", base_url=base_url) as client:
            await asyncio.gather(*(ask(client, gate) for _ in range(rows)))

    asyncio.run(all_of(options.at_once))
    report(lambda: asyncio.run(all_of(options.rows)))


def report(work: Any) -> None:
    began, used = time.perf_counter(), _cpu()
    work()
    result = {
        "seconds": time.perf_counter() - began,
        "cpu": _cpu() - used,
        "peak": _peak(),
    }
    print(json.dumps(result))


def _peak() -> int:
    """Bytes, of this process alone: getrusage would count what its parent was when it forked."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def _cpu() -> float:
    times = os.times()
    return times.user + times.system


PARTS = {"node": run_node, "client": run_client}

if __name__ == "__main__":
    main()
