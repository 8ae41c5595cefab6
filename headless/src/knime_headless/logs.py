"""What a node logs while it runs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class LogEntry:
    """One message; an exception logged with it is part of the text."""

    level: int
    logger: str
    text: str


class _Collector(logging.Handler):
    def __init__(self, entries: list[LogEntry]) -> None:
        super().__init__(logging.DEBUG)
        self._entries = entries

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("knime."):
            return
        self._entries.append(LogEntry(record.levelno, record.name, self.format(record)))


@contextmanager
def collected_logs() -> Iterator[list[LogEntry]]:
    """Collect everything from level DEBUG on, of all loggers, which is what KNIME's log gets."""
    entries: list[LogEntry] = []
    collector = _Collector(entries)
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.DEBUG)
    try:
        yield entries
    finally:
        root.setLevel(level)
        root.removeHandler(collector)
