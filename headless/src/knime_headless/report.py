"""How a run is shown: progress bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import html
import json
import logging
import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from knime_headless.host import Progress
from knime_headless.logs import LogEntry
from knime_headless.table_files import ROW_ID
from knime_headless.tables import StoredTable
from knime_headless.workflow import Reporter

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

_ROWS_SHOWN = 20
_TEXT_SHOWN = 60
_LEAST_SECRET = 4
_WIDTH_IN_FILES = 160
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What could move the cursor, hide text or begin a line; tabs and line breaks are left alone."""


class Mask:
    """Replaces secrets and control characters in texts.

    Secrets of less than four characters would hit by chance.
    """

    def __init__(self, secrets: Collection[str | None]) -> None:
        # A node may strip what was read from a file with its line break; a service may escape it.
        plain = {part for s in secrets if s for part in (s, s.strip(), *s.split())}
        spellings = {spelled for s in plain for spelled in _spellings(s)}
        long_enough = (s for s in spellings if len(s) >= _LEAST_SECRET)
        self._secrets = sorted(long_enough, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def _spellings(text: str) -> set[str]:
    as_json = json.dumps(text)[1:-1]
    in_url = quote(text, safe="")
    return {text, as_json, as_json.replace("/", "\\/"), html.escape(text), in_url}


class PlainReport(Reporter):
    """One line per event on the error stream; tables at the end on the output stream."""

    def __init__(self, console: Console, mask: Mask, level: int = logging.WARNING) -> None:
        self.console = console
        self._mask = mask
        self._level = level
        self._tenths: dict[str, int] = {}
        self._tables: list[RichTable] = []
        self._here = Path.cwd()

    def line(self, text: str) -> None:
        """Print a line without secrets."""
        self.console.print(self._mask(text), markup=False, highlight=False, soft_wrap=True)

    def started(self, alias: str, name: str) -> None:
        self._tenths[alias] = 0
        self.line(f"{alias}: {name} started")

    def progress(self, alias: str, progress: Progress) -> None:
        tenth = int(progress.fraction * 10)
        if tenth > self._tenths.get(alias, 0):
            self._tenths[alias] = tenth
            self.line(f"{alias}: {progress.fraction:.0%} {progress.message or ''}".rstrip())

    def logged(self, alias: str, entry: LogEntry) -> None:
        if entry.level >= self._level:
            level = logging.getLevelName(entry.level).lower()
            self.line(f"{alias}: {level}: {entry.logger}: {entry.text}")

    def warned(self, alias: str, message: str) -> None:
        self.line(f"{alias}: warning: {message}")

    def finished(self, alias: str, seconds: float, files: list[Path]) -> None:
        self.line(f"{alias}: done in {seconds:.1f} s")
        for file in files:
            self.line(f"{alias}: wrote {self._short(file)}")

    def _short(self, file: Path) -> str:
        return str(file.relative_to(self._here) if self._here in file.parents else file)

    def table(self, alias: str, port: str, table: StoredTable) -> None:
        self._tables.append(as_rich_table(f"{alias}: {port}", table, self._mask))

    def close(self) -> None:
        """Print the tables."""
        from rich.console import Console

        output = Console()
        if not output.is_terminal:
            output = Console(width=_WIDTH_IN_FILES)
        for table in self._tables:
            output.print(table)


class BarReport(PlainReport):
    """A bar per node, with what the node says it is doing."""

    def __init__(self, console: Console, mask: Mask, level: int = logging.WARNING) -> None:
        from rich import progress

        super().__init__(console, mask, level)
        self._bars = progress.Progress(
            progress.TextColumn("{task.fields[alias]}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("{task.fields[message]}", markup=False),
            console=console,
        )
        self._bars.start()
        self._tasks: dict[str, Any] = {}

    def started(self, alias: str, name: str) -> None:
        self._tasks[alias] = self._bars.add_task(name, total=1.0, alias=alias, message=name)

    def progress(self, alias: str, progress: Progress) -> None:
        task = self._tasks[alias]
        self._bars.update(task, completed=progress.fraction)
        if progress.message is not None:
            self._bars.update(task, message=self._mask(progress.message))

    def finished(self, alias: str, seconds: float, files: list[Path]) -> None:
        if alias in self._tasks:
            self._bars.update(self._tasks[alias], completed=1.0, message=f"{seconds:.1f} s")
        for file in files:
            self.line(f"{alias}: wrote {self._short(file)}")

    def close(self) -> None:
        self._bars.stop()
        super().close()


def as_rich_table(title: str, table: StoredTable, mask: Mask) -> RichTable:
    """The first rows of a table, for the terminal; columns without any value are only named."""
    from rich.table import Table as RichTable
    from rich.text import Text

    from knime_headless.workflow.plain import plain_table, row_ids

    shown = RichTable(title=Text(title), title_justify="left")
    shown.add_column(ROW_ID, style="dim")
    data = plain_table(table)
    empty = [n for n in data.column_names if data.column(n).null_count == data.num_rows > 0]
    data = data.drop_columns(empty).slice(0, _ROWS_SHOWN)
    for name in data.column_names:
        shown.add_column(Text(mask(name)))
    for row_id, row in zip(row_ids(table), data.to_pylist(), strict=False):
        cells = [Text(mask(_cell(value))) for value in row.values()]
        shown.add_row(Text(mask(row_id)), *cells)
    more = [f"{table.num_rows - _ROWS_SHOWN} more rows"] if table.num_rows > _ROWS_SHOWN else []
    without = [f"without values: {', '.join(empty)}"] if empty else []
    shown.caption = Text("; ".join([*more, *without]))
    shown.caption_justify = "left"
    return shown


def _cell(value: Any) -> str:
    if value is None:
        return "?"
    if isinstance(value, bytes):
        width, height = (int.from_bytes(value[at : at + 4], "big") for at in (16, 20))
        return f"PNG {width}x{height}"
    if isinstance(value, (list, dict)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = str(value)
    return text if len(text) <= _TEXT_SHOWN else f"{text[: _TEXT_SHOWN - 1]}…"
