"""What can go wrong in the engine; a module of its own because every other may raise it."""

from __future__ import annotations


class EngineError(Exception):
    """A picture that cannot be varied, or a worker that failed; the text says which and why."""


class Canceled(EngineError):
    """The caller asked to stop, and everything has stopped."""
