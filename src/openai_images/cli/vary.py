"""`openai-images vary`: variations of a picture as PNG files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..connection import Connection, Route, ServiceKind
from ..job import VariationJob
from ..output import OutputFolder
from ..pictures import Preparation
from ..request import VariationRequest, parse_extra_fields
from ..session import open_session
from ..source import locate
from .check import Json
from .connecting import (
    PANEL,
    BaseUrl,
    ConnectionFile,
    KeyVariable,
    Service,
    connect,
    refuse,
    secret_of,
    text,
)
from .results import Results, expected_bytes
from .terminal import Terminal

__all__ = ["vary"]

ENGINE_PANEL = "Embedded engine"


def vary(
    picture: Annotated[str, typer.Argument(help="Path or URL of the picture, of any format.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the PNG files.")] = Path(),
    n: Annotated[int | None, typer.Option("--n", "-n", help="How many, 1 to 10.")] = None,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", "-s", help="256x256, 512x512 or 1024x1024.", metavar="WxH", callback=text
        ),
    ] = None,
    service: Service = None,
    base_url: BaseUrl = "",
    key_variable: KeyVariable = "",
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="A model that the service knows.",
            metavar="NAME",
            callback=text,
            rich_help_panel=PANEL,
        ),
    ] = None,
    edits: Annotated[
        bool | None,
        typer.Option(
            "--edits/--variations",
            "-e",
            rich_help_panel=PANEL,
            help="Which call to make. Without: edits at OpenAI and Azure, else variations.",
        ),
    ] = None,
    prompt: Annotated[
        str | None,
        typer.Option(
            "--prompt",
            "-p",
            help="What the edits call is told.",
            metavar="TEXT",
            callback=text,
            rich_help_panel=PANEL,
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--field",
            "-f",
            help="Further form field; may be repeated.",
            metavar="NAME=VALUE",
            rich_help_panel=PANEL,
        ),
    ] = None,
    strength: Annotated[
        float | None,
        typer.Option(
            help="How far a variation may go from the picture, 0 to 1.",
            metavar="SHARE",
            show_default="0.5",
            rich_help_panel=ENGINE_PANEL,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            help="The same seed gives the same pictures.",
            show_default="another each time",
            rich_help_panel=ENGINE_PANEL,
        ),
    ] = None,
    prepare: Annotated[
        Preparation, typer.Option(help="How the picture becomes what the call needs.")
    ] = Preparation.CROP,
    connection: ConnectionFile = None,
    as_json: Json = False,
) -> None:
    """Make variations of a picture and write them as PNG files.

    No file is ever overwritten: where a name is taken, the next free number is used.
    The exit status is 0 only if every picture that was asked for is there.
    """
    chosen = connect(service, base_url, key_variable, connection)
    chosen = _with_options(chosen, edits, prompt, strength, seed)
    if chosen.service is ServiceKind.EMBEDDED:
        refuse(
            "the embedded engine has no models and reads --strength and --seed",
            {"--model": model, "--field": field},
        )
    fields = parse_extra_fields("\n".join(text(pair) or "" for pair in field or ()))
    request = VariationRequest(b"", model=model, n=n, size=size, extra_fields=fields)
    locate(picture)
    folder = OutputFolder(out, expected_bytes(request))
    job = VariationJob(picture, request, prepare)
    with Terminal() as terminal, open_session(chosen, secret_of(chosen)) as session:
        results = Results(folder, terminal, as_json)
        results.add(picture, job.run(session, terminal))
        status = results.end()
    raise typer.Exit(status)


def _with_options(
    connection: Connection,
    edits: bool | None,
    prompt: str | None,
    strength: float | None,
    seed: int | None,
) -> Connection:
    """The connection, told what the options say of the one kind of service that it is."""
    if connection.service is ServiceKind.EMBEDDED:
        refuse(
            "it is for a service's edits call, and the embedded engine has none",
            {"--edits": edits is True, "--variations": edits is False, "--prompt": prompt},
        )
        options = connection.engine
        options = options if strength is None else replace(options, strength=strength)
        options = options if seed is None else replace(options, seed=seed)
        return replace(connection, engine=options)
    refuse("only the embedded engine has it", {"--strength": strength, "--seed": seed})
    if edits is not None:
        connection = replace(connection, route=Route.EDITS if edits else Route.VARIATIONS)
    if prompt is None:
        return connection
    if connection.route is not Route.EDITS:
        refuse("only the edits call reads it; add --edits", {"--prompt": prompt})
    return replace(connection, edits=replace(connection.edits, prompt=prompt))
