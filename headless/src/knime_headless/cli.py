"""The command ``knime-headless``."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from knime_headless.cleanup import discard_all
from knime_headless.errors import HeadlessError

FAILED = 1
INTERRUPTED = 130
TERMINATED = 143

app = typer.Typer(
    help="Run the nodes of a pure-Python KNIME extension without KNIME.",
    no_args_is_help=True,
    add_completion=False,
    # Its tracebacks show the values of variables, credentials among them.
    pretty_exceptions_enable=False,
)
ExtensionFolder = Annotated[Path, typer.Argument(help="Folder with knime.yml.", metavar="EXT")]


class _Ended(BaseException):
    """The process was asked to end; not a KeyboardInterrupt, which typer would make its own of."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


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
    workflow: Annotated[Path, typer.Argument(help="The workflow file.", metavar="WORKFLOW.yml")],
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
) -> None:
    """Run a workflow; the exit status is 0 only if every node succeeded."""
    from knime_headless.workflow import Workflow

    planned = Workflow(workflow, dict(_flow_variable(given) for given in flow_variable or []))
    if check:
        print(f"{workflow}: {len(planned.steps)} nodes, nothing wrong.")
        return
    _run(planned, logging.INFO if verbose else logging.WARNING)


def _flow_variable(given: str) -> tuple[str, Any]:
    import yaml

    name, separator, text = given.partition("=")
    if not name or not separator:
        raise typer.BadParameter(f"{given!r} is not of the form NAME=VALUE.")
    return name, yaml.safe_load(text)


def _run(planned: Any, level: int) -> None:
    from rich.console import Console

    from knime_headless.report import BarReport, Mask, PlainReport

    console = Console(stderr=True)
    mask = Mask([password for _, password in planned.credentials.values()])
    kind = BarReport if console.is_terminal else PlainReport
    report = kind(console, mask, level)
    try:
        planned.run(report)
    except HeadlessError as error:
        raise HeadlessError(mask(str(error))) from None
    finally:
        report.close()


def _listen_to_signals() -> None:
    """The first signal cancels the run, a second one ends the process at once."""
    canceling = False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal canceling
        status = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        if canceling:
            _end_at_once(status)
        canceling = True
        # Not print: a signal can come in the middle of another print.
        os.write(sys.stderr.fileno(), b"Canceling; a second time stops at once.\n")
        raise _Ended(status)

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)


def main() -> None:
    """Entry point of the command."""
    _listen_to_signals()
    try:
        app()
    except HeadlessError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except _Ended as ended:
        _end_at_once(ended.status)


def _end_at_once(status: int) -> NoReturn:
    """End without waiting for threads that a canceled node may have left behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    discard_all()
    os.write(sys.stderr.fileno(), b"Canceled.\n")
    os._exit(status)
