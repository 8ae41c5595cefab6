"""Results on standard output, all the rest on standard error; and what signals do."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Column
from rich.text import Text

from ..errors import Canceled
from ..text import printable
from ..watch import QuietWatch

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Terminal", "complain", "discard_output"]

# Between two lines of progress where there is no terminal to show it on.
_SECONDS_BETWEEN_LINES = 60
_STYLES = {"Error": "red", "Warning": "yellow"}


class Terminal(QuietWatch):
    """The watch of a command's jobs; use it in a `with` block.

    On a terminal progress is one line that changes, elsewhere a line a minute. The first Ctrl-C
    cancels, the second ends the process; a canceled command exits with 128 and the signal.

    Attributes:
        lost_results: whether standard output did not take all results.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.lost_results = False
        self._clock = clock
        self._last_line = clock()
        self._lock = threading.Lock()
        self._signal = 0
        self._console = _Console(stderr=True)
        self._bar: Progress | None = None
        if sys.stderr.isatty() and not self._console.is_dumb_terminal:
            self._bar = _bar(self._console)

    def result(self, line: str) -> None:
        """Print a line of results; a reader that went away is no reason to end."""
        both = self._bar is not None and sys.stdout.isatty()
        if self._bar is not None and both:
            self._bar.stop()
        try:
            print(line, flush=True)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.lost_results = True
                self.fail(f"Standard output was not written: {error.strerror}.")
            discard_output()
        if self._bar is not None and both:
            self._bar.start()

    def progress(self, message: str, fraction: float | None = None) -> None:
        text = printable(message, instead=" ")
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=text, completed=fraction)
            return
        with self._lock:
            now = self._clock()
            if now - self._last_line < _SECONDS_BETWEEN_LINES:
                return
            self._last_line = now
        self.note(text)

    def warn(self, message: str) -> None:
        """Print a line that does not stop the work."""
        _print(self._console, "Warning", message)

    def note(self, message: str) -> None:
        """Print a line for the person at the screen."""
        _print(self._console, "", message)

    def fail(self, message: str) -> None:
        """Print a line that says why something could not be done."""
        _print(self._console, "Error", message)

    def canceled(self) -> bool:
        return self._signal != 0

    def __enter__(self) -> Self:
        self._former = {
            number: signal.signal(number, self._on_signal)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        for number, handler in self._former.items():
            signal.signal(number, handler)
        if isinstance(error, Canceled):
            self.note("Canceled.")
            raise SystemExit(128 + (self._signal or signal.SIGINT)) from None

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        # Not print: a signal can come in the middle of another print.
        if self._signal:
            os._exit(128 + number)
        self._signal = number
        os.write(2, b"\nCanceling; a second time stops at once.\n")


def complain(label: str, message: str) -> None:
    """Print `label: message` on standard error, as one line that drives no terminal."""
    _print(_Console(stderr=True), label, message)


class _Console(Console):
    """A console whose reader may go away without ending the command."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


def _print(console: Console, label: str, message: str) -> None:
    start = f"{label}: " if label else ""
    text = Text(start + printable(message, instead=" "), style=_STYLES.get(label, ""))
    console.print(text, soft_wrap=True)


def _bar(console: Console) -> Progress:
    line = TextColumn(
        "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
    )
    bar = Progress(
        SpinnerColumn(),
        BarColumn(bar_width=20),
        line,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=1)
    return bar


def discard_output() -> None:
    """Send what is still to be printed, by the interpreter's end too, nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
