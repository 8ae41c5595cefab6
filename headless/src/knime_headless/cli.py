"""The command ``knime-headless``."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Annotated, Any, NoReturn

import typer

from knime_headless import knime_options as options
from knime_headless import temporary
from knime_headless.errors import HeadlessError, NodeCanceled, WorkflowError, shown

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143
_GRACE_SECONDS = 10.0
_LONGEST_ERROR = 4000

app = typer.Typer(
    help="Run the nodes of a pure-Python KNIME extension without KNIME.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks show the values of variables, credentials among them.
    pretty_exceptions_enable=False,
)
ExtensionFolder = Annotated[Path, typer.Argument(help="Folder with knime.yml.", metavar="EXT")]


@app.command()
def nodes(
    extension: ExtensionFolder,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the nodes of an extension with their ports."""
    from knime_headless.extension import load_extension
    from knime_headless.transfer import kind_of

    loaded = load_extension(extension)
    listed = [
        {
            "id": node.id,
            "name": node.name,
            "category": node.category,
            "inputs": [{"name": p.name, "type": kind_of(p)} for p in node.inputs],
            "outputs": [{"name": p.name, "type": kind_of(p)} for p in node.outputs],
            "view": node.view.name if node.view else None,
        }
        for node in loaded.nodes.values()
    ]
    if as_json:
        print(json.dumps(listed, indent=2))
        return
    _print_nodes(f"{loaded.id} {loaded.version}", listed)


def _print_nodes(title: str, listed: list[dict[str, Any]]) -> None:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=SIMPLE)
    table.add_column("Node")
    # An id is for copying: it stays whole, however narrow the terminal is.
    table.add_column("Id", no_wrap=True)
    for heading in ("Inputs", "Outputs", "View"):
        table.add_column(heading, overflow="fold")
    for node in listed:
        ports = ["\n".join(port["name"] for port in node[side]) for side in ("inputs", "outputs")]
        cells = [node["name"], node["id"], *ports, node["view"] or ""]
        table.add_row(*map(Text, cells))
    Console().print(table)


@app.command()
def dialog(
    extension: ExtensionFolder,
    node: Annotated[str, typer.Argument(help="Id of the node.")],
) -> None:
    """Print what KNIME draws a node's dialog from, as JSON."""
    from knime_headless.errors import ExtensionError
    from knime_headless.extension import load_extension

    loaded = load_extension(extension)
    if node not in loaded.nodes:
        known = ", ".join(loaded.nodes)
        raise ExtensionError(f"There is no node {node!r} in {loaded.id}; there are: {known}.")
    print(json.dumps(loaded.nodes[node].dialog(), indent=2, ensure_ascii=False))


@app.command()
def run(
    context: typer.Context,
    workflow: Annotated[
        Path,
        typer.Argument(
            help="A YAML file, or a workflow of KNIME: .knwf, .knar or a folder.",
            metavar="WORKFLOW",
        ),
    ],
    check: Annotated[
        bool, typer.Option("--check", help="Check the file and stop before any node runs.")
    ] = False,
    flow_variable: Annotated[
        list[str] | None,
        typer.Option(
            "--flow-variable", "-f", help="NAME=VALUE; may be repeated.", metavar="NAME=VALUE"
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what the nodes log from level INFO on.")
    ] = False,
    extension: options.Extensions = None,
    table: options.Inputs = None,
    output: options.Outputs = None,
    without: options.Without = None,
    credential: options.Credentials = None,
    name: options.WorkflowName = None,
) -> None:
    """Run a workflow; the exit status is 0 only if every node succeeded.

    The last six options are for workflows of KNIME.
    """
    from knime_headless.knwf.archive import is_knime_workflow
    from knime_headless.workflow import Workflow

    variables = dict(_flow_variable(given) for given in flow_variable or [])
    if is_knime_workflow(workflow):
        data = options.converted(workflow, extension, table, output, without, credential, name)
        planned = options.planned(data, workflow, variables)
    elif extension or table or output or without or credential or name:
        raise typer.BadParameter("Only -f, -v and --check go with a YAML file; it holds the rest.")
    else:
        planned = Workflow(workflow, variables)
    if check:
        planned.check_places()
        print(f"{workflow}: {len(planned.steps)} nodes, nothing wrong.")
        return
    _run(planned, logging.INFO if verbose else logging.WARNING, context.obj)


@app.command()
def convert(
    workflow: Annotated[
        Path, typer.Argument(help="A .knwf, .knar or folder of KNIME.", metavar="WORKFLOW")
    ],
    to: Annotated[
        Path | None, typer.Option("--to", help="The YAML file; else it is printed.", metavar="FILE")
    ] = None,
    extension: options.Extensions = None,
    table: options.Inputs = None,
    output: options.Outputs = None,
    without: options.Without = None,
    credential: options.Credentials = None,
    name: options.WorkflowName = None,
) -> None:
    """Make a YAML file of a workflow of KNIME; settings that are defaults are left out."""
    from knime_headless.knwf.convert import yaml_text

    data = options.converted(workflow, extension, table, output, without, credential, name)
    text = yaml_text(data, to.parent if to else Path.cwd())
    if to is None:
        print(text, end="")
        return
    try:
        to.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkflowError(f"{to} cannot be written: {error.strerror}.") from None


def _flow_variable(given: str) -> tuple[str, Any]:
    import yaml

    from knime_headless.workflow.description import check_flow_variable
    from knime_headless.yaml_text import parse_yaml

    name, separator, text = given.partition("=")
    if not name or not separator:
        raise typer.BadParameter(f"{shown(given)} is not of the form NAME=VALUE.")
    try:
        value = parse_yaml(text)
        check_flow_variable(name, value)
    except (ValueError, WorkflowError, yaml.YAMLError) as error:
        raise typer.BadParameter(f"{shown(given)}: {error}") from None
    return name, value


def _run(planned: Any, level: int, cancel: threading.Event) -> None:
    from rich.console import Console

    from knime_headless.report import BarReport, Mask, PlainReport

    console = Console(stderr=True)
    mask = Mask(planned.secrets())
    kind = BarReport if console.is_terminal else PlainReport
    report = kind(console, mask, level)
    try:
        planned.run(report, cancel)
    except NodeCanceled:
        raise
    except HeadlessError as error:
        raise HeadlessError(mask(str(error))) from None
    finally:
        report.close()


def main() -> None:
    """Entry point of the command.

    It runs in a thread, since a signal may interrupt the main one anywhere, also in the middle of
    a clean-up. The first signal cancels it, a second one ends the process at once.
    """
    # One number per signal (negative) and one at the end of the command: the exit status.
    events: SimpleQueue[int] = SimpleQueue()
    signal.signal(signal.SIGINT, lambda number, frame: events.put(-INTERRUPTED))
    signal.signal(signal.SIGTERM, lambda number, frame: events.put(-TERMINATED))
    if hasattr(os, "register_at_fork"):  # Windows has none
        os.register_at_fork(after_in_child=_forget_signals)
    cancel = threading.Event()
    threading.Thread(target=lambda: events.put(_command(cancel)), daemon=True).start()
    status = _next(events, math.inf)
    if status >= 0:
        sys.exit(status)
    # Not print: the thread may be in the middle of one.
    os.write(sys.stderr.fileno(), b"Canceling; a second time stops at once.\n")
    cancel.set()
    _next(events, _GRACE_SECONDS)
    _end_at_once(-status)


def _next(events: SimpleQueue[int], seconds: float) -> int:
    """The next event, or 0 when the time is over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        # A signal that the system gives to another thread does not end a wait of this one.
        with contextlib.suppress(Empty):
            return events.get(timeout=0.1)
    return 0


def _forget_signals() -> None:
    """Let processes that a node forks end by a signal like any other."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _command(cancel: threading.Event) -> int:
    """Do what the command line says; gives the exit status."""
    try:
        app(obj=cancel)
    except NodeCanceled:
        return INTERRUPTED
    except HeadlessError as error:
        print(f"Error: {_cut(str(error))}", file=sys.stderr)
        return FAILED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except BaseException:  # noqa: BLE001 - an error of this program; the main thread must know
        traceback.print_exc()
        return FAILED
    return 0


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ERROR else f"{text[:_LONGEST_ERROR]}…"


def _end_at_once(status: int) -> NoReturn:
    """End without waiting for threads that a canceled node may have left behind."""
    # A thread that holds the lock is only given a moment, in case its disk does not answer.
    if temporary.ending.acquire(timeout=1.0):
        temporary.discard_all()
    os.write(sys.stderr.fileno(), b"Canceled.\n")
    os._exit(status)
