"""The commands together, and what becomes of errors."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from .. import __version__
from ..errors import ImagesError
from .advice import advice
from .check import check
from .serve import serve
from .terminal import complain, discard_output
from .vary import vary

FAILED = 1

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.command()(vary)
app.command()(check)
app.command()(serve)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"openai-images {__version__}", flush=True)
        raise typer.Exit


@app.callback(context_settings={"help_option_names": ["-h", "--help"]})
def _group(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Image variations from any OpenAI-compatible service or the embedded engine."""


def run() -> None:
    """Run the command that the arguments name; exits with its status."""
    _mend_streams()
    try:
        app(prog_name="openai-images")
    except ImagesError as error:
        complain("Error", f"{error} {advice(error)}".rstrip())
        raise SystemExit(FAILED) from None
    except OSError as error:
        discard_output()
        complain("Error", f"{error.filename or 'The system'}: {error.strerror or error}.")
        raise SystemExit(FAILED) from None


def _mend_streams() -> None:
    """Let any text be printed: a closed stream takes it silently, a narrow one in escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            # A file name that is not UTF-8 leaves as the bytes that it is.
            is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if is_utf8 else "backslashreplace")
