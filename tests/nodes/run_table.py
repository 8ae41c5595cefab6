"""Runs the table node once, in a process of its own that can be killed, and tells what came out.

Reads a JSON object on standard input: `address` of the server, `pictures` (a path), `rows` (how
many), `data_area`, `settings`. Row number k asks as user "k". Writes a JSON object: the digest of
each result's picture and the error of each failure by RowID, the warnings, and the peak of the
memory in bytes before and after.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
from pathlib import Path

import pandas as pd

from knime_headless import load_extension
from knime_headless.backend import png_cells

ROOT = Path(__file__).parents[2]


def main() -> None:
    task = json.load(sys.stdin)
    nodes = load_extension(ROOT).nodes
    connection = {
        "service": "COMPATIBLE",
        "base_url": f"http://{task['address']}/v1",
        "check_connection": False,
    }
    configuration = nodes["openai_image_connector"].execute(connection, []).outputs[0]
    rows = range(task["rows"])
    table = pd.DataFrame(
        {"Path": [task["picture"]] * len(rows), "Who": [str(number) for number in rows]}
    )
    settings = {
        "image_column": "Path",
        "from_columns": {"user": "Who"},
        "concurrency": 8,
        **task.get("settings", {}),
    }
    before = _peak()
    ran = nodes["create_image_variations_table"].execute(
        settings, [configuration, table], data_area=Path(task["data_area"])
    )
    after = _peak()
    result, failures, _ = ran.outputs
    files = png_cells(result.to_pyarrow().column("Image"))
    digests = [hashlib.sha256(file).hexdigest() for file in files]
    told = {
        "result": dict(zip(_row_ids(result), digests, strict=True)),
        "failures": dict(
            zip(_row_ids(failures), [row["Error"] for row in failures.rows()], strict=True)
        ),
        "warnings": ran.warnings,
        "peak": [before, after],
    }
    print(json.dumps(told))


def _row_ids(table) -> list[str]:
    return table.to_pyarrow().column(0).to_pylist()


def _peak() -> int:
    """Of this process alone: on Linux getrusage counts what its parent was when it was forked."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main()
