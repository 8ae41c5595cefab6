"""Digests of what is asked; no secret comes near them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping

from ..connection import Connection, Route, ServiceKind
from ..request import VariationRequest

__all__ = ["fingerprint", "inputs_digest", "question"]


def question(request: VariationRequest, connection: Connection) -> str:
    """A digest of all that makes the answer: picture, fields, service, options; never the key."""
    asked = {
        "picture": hashlib.sha256(bytes(request.image)).hexdigest(),
        "model": request.model or connection.default_model,
        "fields": [field for field in request.fields() if field[0] != "model"],
        **_asked_of(connection),
    }
    return _digest(asked)


def fingerprint(connection: Connection, *settings: object) -> str:
    """A digest of what the calls of a run have in common: names the run's folder.

    Args:
        settings: further plain values by which runs differ.
    """
    return _digest({**_asked_of(connection), "settings": settings})[:32]


def inputs_digest(*inputs: object) -> str:
    """A short digest of what a run works on, which tells it from others with its fingerprint.

    Args:
        inputs: plain values.
    """
    return _digest({"inputs": inputs})[:8]


def _asked_of(connection: Connection) -> dict[str, object]:
    asked: dict[str, object] = {"service": connection.service.value}
    if connection.service is ServiceKind.EMBEDDED:
        return asked | {"engine": dataclasses.asdict(connection.engine)}
    asked |= {"root": connection.root, "route": connection.call.value}
    asked |= {"headers": connection.headers}
    if connection.call is Route.EDITS:
        asked |= {"edits": dataclasses.asdict(connection.edits)}
    return asked


def _digest(value: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
