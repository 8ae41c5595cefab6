"""One step of one node: what it finds around it, and what it gives."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knime_headless.host import Credentials, Progress
from knime_headless.logs import LogEntry

Settings = Mapping[str, Any]
"""Values by the names of the parameters; groups are nested mappings. What is left out keeps its
default."""


@dataclass(frozen=True)
class Surroundings:
    """What a node finds around it.

    Attributes:
        credentials: user name and password by credential name.
        flow_variables: what reaches the node.
        data_area: the workflow's data folder; need not exist. By default a folder of its own that
            does not.
        on_progress: called, possibly from other threads, with whatever the node tells.
        cancel: set it to ask the node to stop.
        on_log: called, possibly from other threads, with whatever is logged.
        environment: where the tokens of credential ports are looked up.
    """

    credentials: Credentials = field(default_factory=dict, repr=False)
    flow_variables: Mapping[str, Any] = field(default_factory=dict)
    data_area: Path | None = None
    on_progress: Callable[[Progress], None] | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    on_log: Callable[[LogEntry], None] | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)


@dataclass(frozen=True)
class Configured:
    """What configure gave: one spec (or ``None``) per output, and what the node told."""

    specs: tuple[Any, ...]
    warnings: tuple[str, ...]
    flow_variables: dict[str, Any]
    log: tuple[LogEntry, ...]


@dataclass(frozen=True)
class Executed:
    """What execute gave: one object per output, the view, and what the node told.

    ``warnings`` are those of execute or, if it gave none, those of configure.
    An output is a `StoredTable`, a port object or bytes, each fit to be given to other nodes.
    """

    outputs: tuple[Any, ...]
    view: str | None
    warnings: tuple[str, ...]
    progress: tuple[Progress, ...]
    flow_variables: dict[str, Any]
    log: tuple[LogEntry, ...]


def one_per_port(given: Sequence[Any], ports: Sequence[Any]) -> list[Any]:
    """What is given for ports, with ``None`` for those at the end that are given nothing.

    Raises:
        ValueError: more is given than there are ports.
    """
    if len(given) > len(ports):
        raise ValueError(f"The node has {len(ports)} inputs, but got {len(given)}.")
    return [*given, *[None] * (len(ports) - len(given))]


def results_per_port(results: Any, ports: Sequence[Any], view: Any = None) -> list[Any]:
    """What a node returned, one per output port and the view last.

    A single result need not stand in a list; without a view, ``None`` means nothing for any port.

    Raises:
        ValueError: the number of results is another one.
    """
    expected = len(ports) + (1 if view else 0)
    if results is None:
        values = [] if view else [None] * expected
    else:
        values = list(results) if isinstance(results, (list, tuple)) else [results]
    if len(values) != expected:
        raise ValueError(
            f"The node gave {len(values)} results, but has {len(ports)} outputs"
            + (" and a view." if view else ".")
        )
    return values
