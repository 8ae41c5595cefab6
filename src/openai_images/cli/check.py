"""`openai-images check`: whether address and key are right."""

from __future__ import annotations

import json

import typer

from .connecting import BaseUrl, ConnectionFile, KeyVariable, Service, connect, secret_of
from .results import Json
from .terminal import Terminal


def check(
    service: Service = None,
    base_url: BaseUrl = "",
    key_variable: KeyVariable = "",
    connection: ConnectionFile = None,
    as_json: Json = False,
) -> None:
    """Ask a service for its image models, to see that address and key are right.

    It costs nothing. The exit status is 0 only if the service answered with its models.
    """
    from ..session import open_session

    chosen = connect(service, base_url, key_variable, connection)
    with Terminal() as terminal, open_session(chosen, secret_of(chosen)) as session:
        models = session.find_models(terminal)
        for model in models:
            ends = f"  (ends {model.shutdown})" if model.shutdown else ""
            row = {"model": model.name, "ends": model.shutdown or None}
            terminal.result(json.dumps(row) if as_json else model.name + ends)
    if not models or terminal.lost_results:
        raise typer.Exit(1)
