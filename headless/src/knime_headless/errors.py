"""What can go wrong, each with one sentence for the user.

HeadlessError
├── ExtensionError      the extension folder cannot be loaded
├── WorkflowError       the workflow description is wrong; nothing was run
├── SettingsError       an option is unknown or has a value of the wrong kind
└── NodeFailed          a node refused its settings or failed while it ran
    └── NodeCanceled    a node stopped because it was asked to
"""

from __future__ import annotations

import reprlib
from typing import Any

_LONGEST = 80
_short = reprlib.Repr()
_short.maxlevel = 2
_short.maxstring = _short.maxother = _LONGEST


def shown(value: Any) -> str:
    """A value as part of a message, cut if it is long."""
    text = _short.repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class HeadlessError(Exception):
    """Base of all errors that are meant to be shown to the user."""


class ExtensionError(HeadlessError):
    """The extension folder cannot be loaded."""


class WorkflowError(HeadlessError):
    """The workflow description is wrong; nothing was run."""


class SettingsError(HeadlessError):
    """An option is unknown or has a value of the wrong kind."""


class NodeFailed(HeadlessError):
    """A node refused its settings or failed while it ran.

    Attributes:
        node: the name of the node.
        step: ``"dialog"``, ``"settings"``, ``"configure"`` or ``"execute"``.
        message: what KNIME would show on the node.
        shown_without_trace: whether the node raised ``InvalidParametersError``, which KNIME shows
            as a yellow message and does not log.
    """

    def __init__(
        self, node: str, step: str, message: str, shown_without_trace: bool = False
    ) -> None:
        super().__init__(f"{node}: {message}")
        self.node = node
        self.step = step
        self.message = message
        self.shown_without_trace = shown_without_trace


class NodeCanceled(NodeFailed):
    """A node stopped because it was asked to."""

    def __init__(self, node: str) -> None:
        super().__init__(node, "execute", "Canceled.")
