"""What a node logs while it runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class LogEntry:
    """One message; an exception logged with it is part of the text."""

    level: int
    logger: str
    text: str


class _Collector(logging.Handler):
    def __init__(
        self, entries: list[LogEntry], on_entry: Callable[[LogEntry], None] | None
    ) -> None:
        super().__init__(logging.DEBUG)
        self._entries = entries
        self._on_entry = on_entry

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("knime."):
            return
        entry = LogEntry(record.levelno, record.name, self.format(record))
        self._entries.append(entry)
        if self._on_entry is not None:
            self._on_entry(entry)


@contextmanager
def collected_logs(
    on_entry: Callable[[LogEntry], None] | None = None,
) -> Iterator[list[LogEntry]]:
    """Collect everything from level DEBUG on, of all loggers, which is what KNIME's log gets."""
    entries: list[LogEntry] = []
    collector = _Collector(entries, on_entry)
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        yield entries
    finally:
        root.setLevel(level)
        root.removeHandler(collector)
