"""The command `openai-images`: thin, each command calls the modules that do the work.

app         the commands together, and what becomes of errors
vary, check, serve
            one command each
connecting  from options to a connection and its key; connection_file reads one
inputs      from arguments to pictures and the names of their variations
resume      the journal beside the output
results     files, lines, JSON, summary; gallery is the page
advice      what to do about an error, in options
terminal    results on standard output, all the rest on standard error; signals
"""

from __future__ import annotations

import os
import signal

__all__ = ["main"]


def main() -> None:
    """Run the command line; a mistake of the user is one line on stderr and exit status 1."""
    try:
        # Nothing has begun while the libraries are read: Ctrl-C just ends the process.
        former = signal.signal(signal.SIGINT, lambda *_: os._exit(130))
        from .app import run

        signal.signal(signal.SIGINT, former)
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "rich"):
            raise
        raise SystemExit('The command line needs more: pip install ".[cli]" in a clone.') from None
    run()
