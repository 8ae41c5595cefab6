"""From the options of a command to a connection and its key; nothing is ignored in silence."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..connection import Connection, Route, ServiceKind
from ..errors import InvalidConnection, InvalidCredential, InvalidRequest
from ..secret import Secret
from ..text import printable
from .connection_file import read_connection

__all__ = [
    "PANEL",
    "BaseUrl",
    "ConnectionFile",
    "KeyVariable",
    "Service",
    "connect",
    "secret_of",
    "text",
    "with_edits",
    "with_engine",
]

# The part of the help that these options stand in.
PANEL = "Who answers"
# Where the clients of these services look for the key, too.
_KEY_VARIABLES = {
    ServiceKind.OPENAI: "OPENAI_API_KEY",
    ServiceKind.AZURE: "AZURE_OPENAI_API_KEY",
}


def text(value: str | None) -> str | None:
    """An option's value, which has to be text.

    Raises:
        InvalidRequest: it has bytes that are not UTF-8.
    """
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise InvalidRequest(f'The value "{printable(value or "")}" is not UTF-8 text.') from None
    return value


Service = Annotated[
    ServiceKind | None,
    typer.Option(
        "--service",
        "-S",
        help="embedded (the default), openai, azure, or compatible (an OpenAI-compatible server).",
        metavar="KIND",
        rich_help_panel=PANEL,
    ),
]
BaseUrl = Annotated[
    str,
    typer.Option(
        "--base-url",
        "-u",
        help="Root of the service's API, mostly ending with /v1; alone it means compatible.",
        metavar="URL",
        callback=text,
        rich_help_panel=PANEL,
    ),
]
KeyVariable = Annotated[
    str,
    typer.Option(
        "--key-variable",
        "-k",
        help="Environment variable with the API key, such as OPENAI_API_KEY (openai) or "
        "AZURE_OPENAI_API_KEY (azure), which need not be named.",
        metavar="NAME",
        callback=text,
        rich_help_panel=PANEL,
    ),
]
ConnectionFile = Annotated[
    Path | None,
    typer.Option(
        "--connection",
        "-C",
        help="TOML file with timeouts, retries, proxy, certificates, prices and more.",
        metavar="FILE",
        rich_help_panel=PANEL,
    ),
]


def connect(
    service: ServiceKind | None, base_url: str, key_variable: str, file: Path | None
) -> Connection:
    """The connection that the options name; they go before what the file says.

    Raises:
        InvalidConnection: they contradict each other, or the file cannot be used.
    """
    values = read_connection(file) if file else {}
    address = base_url or values.get("base_url", "")
    meant = ServiceKind.COMPATIBLE if address else ServiceKind.EMBEDDED
    kind = service or ServiceKind(values.get("service", meant))
    if kind is ServiceKind.EMBEDDED:
        refuse(
            "the embedded engine calls nobody; name the service by --service",
            {"--base-url": address, "--key-variable": key_variable},
        )
    variable = key_variable or values.get("credential") or _KEY_VARIABLES.get(kind, "")
    return Connection.from_dict(
        {
            **values,
            "service": kind,
            "base_url": address,
            "credential": variable,
        }
    )


def with_edits(connection: Connection, edits: bool | None, prompt: str | None) -> Connection:
    """The connection with the call that the options choose.

    Args:
        edits: True for the edits call, False for the variations call; None leaves it.

    Raises:
        InvalidConnection: an option can do nothing.
    """
    if connection.service is ServiceKind.EMBEDDED:
        refuse(
            "it is for a service's calls, and the embedded engine calls nobody",
            {"--edits": edits is True, "--variations": edits is False, "--prompt": prompt},
        )
    if edits is not None:
        connection = replace(connection, route=Route.EDITS if edits else Route.VARIATIONS)
    if prompt is None:
        return connection
    if connection.call is not Route.EDITS:
        refuse("only the edits call reads it; add --edits", {"--prompt": prompt})
    return replace(connection, edits=replace(connection.edits, prompt=prompt))


def with_engine(
    connection: Connection, strength: float | None, seed: int | None, calls: dict[str, object]
) -> Connection:
    """The connection with the options of the embedded engine.

    Args:
        calls: options, by name, that only a call over the network reads.

    Raises:
        InvalidConnection: an option can do nothing.
    """
    if connection.service is not ServiceKind.EMBEDDED:
        refuse("only the embedded engine has it", {"--strength": strength, "--seed": seed})
        return connection
    refuse("the embedded engine reads --strength and --seed", calls)
    options = connection.engine
    options = options if strength is None else replace(options, strength=strength)
    options = options if seed is None else replace(options, seed=seed)
    return replace(connection, engine=options)


def refuse(reason: str, options: dict[str, object]) -> None:
    """Refuse the options that were given although they can do nothing.

    Raises:
        InvalidConnection: one has a value.
    """
    given = [option for option, value in options.items() if value not in (None, "", False, [])]
    if given:
        raise InvalidConnection(f"{', '.join(given)} would do nothing: {reason}.")


def secret_of(connection: Connection) -> Secret | None:
    """The key in the environment variable that the connection names.

    Raises:
        InvalidCredential: there is no such variable, or it cannot be a key.
    """
    name = connection.credential
    if not name:
        return None
    key = os.environ.get(name, "")
    if not key.strip():
        raise InvalidCredential(
            f"The environment variable {name} is not set or empty: put the API key into it."
        )
    return Secret(key, name=name)
