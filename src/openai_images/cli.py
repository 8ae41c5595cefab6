"""The command `openai-images`: thin, each command calls the module that does the work."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

try:
    import typer
except ModuleNotFoundError:
    raise SystemExit('The command line needs: pip install "openai-images[cli]".') from None

from .connection import Connection, Route, ServiceKind
from .errors import ImagesError
from .options import DEFAULT_PROMPT, EditOptions, EngineOptions
from .pictures import Preparation
from .request import VariationRequest, parse_extra_fields
from .secret import Secret

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

BaseUrl = Annotated[
    str, typer.Option(help="Root of a service's API; without it the embedded engine answers.")
]
KeyVariable = Annotated[
    str, typer.Option(help="Name of the environment variable that holds the API key.")
]
UsesEdits = Annotated[
    bool, typer.Option("--edits", help="Use the edits call of a GPT Image model.")
]


@app.callback()
def _group() -> None:
    """Image variations from any OpenAI-compatible service or the embedded engine."""


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8000,
    workers: Annotated[
        int | None, typer.Option(help="Engine processes.", show_default="one per core")
    ] = None,
    queue: Annotated[int, typer.Option(help="Calls that may wait beyond the workers.")] = 16,
    api_key_file: Annotated[
        Path | None,
        typer.Option(help="File with one API key a line; OPENAI_IMAGES_API_KEYS holds more."),
    ] = None,
    public_url: Annotated[
        str, typer.Option(help="Address by which clients reach the server, behind a proxy.")
    ] = "",
    results_dir: Annotated[
        Path | None,
        typer.Option(help="Folder for url results.", show_default="a temporary one"),
    ] = None,
    max_body_mb: Annotated[int, typer.Option(help="Largest request body in MiB.")] = 16,
    max_megapixels: Annotated[int, typer.Option(help="Largest picture in megapixels.")] = 40,
    shutdown_seconds: Annotated[
        int, typer.Option(help="How long running calls may finish on shutdown.")
    ] = 30,
) -> None:
    """Serve the embedded engine over the protocol of OpenAI's images API.

    Keys are needed on any address but loopback.
    """
    try:
        from . import server
    except ModuleNotFoundError as error:
        raise _missing_extra("server", error) from None
    settings = server.Settings(
        host=host,
        port=port,
        workers=(os.cpu_count() or 1) if workers is None else workers,
        queue=queue,
        keys=server.read_keys(api_key_file, os.environ),
        public_url=public_url,
        results_dir=results_dir,
        shutdown_seconds=shutdown_seconds,
        limits=server.Limits(body_bytes=max_body_mb * 2**20, pixels=max_megapixels * 1_000_000),
    )
    server.serve(settings)


@app.command()
def vary(
    picture: Annotated[str, typer.Argument(help="Path or URL of the picture.")],
    out: Annotated[Path, typer.Option(help="Folder for the PNG files.")] = Path(),
    n: Annotated[int | None, typer.Option(help="How many, 1 to 10.")] = None,
    size: Annotated[str | None, typer.Option(help="256x256, 512x512 or 1024x1024.")] = None,
    model: Annotated[str | None, typer.Option(help="A model that the service knows.")] = None,
    prepare: Annotated[
        Preparation, typer.Option(help="How the picture becomes what the call needs.")
    ] = Preparation.CROP,
    field: Annotated[
        list[str] | None, typer.Option(help="Extra form field NAME=VALUE; may be repeated.")
    ] = None,
    base_url: BaseUrl = "",
    key_variable: KeyVariable = "",
    edits: UsesEdits = False,
    prompt: Annotated[str, typer.Option(help="What the edits call is told.")] = DEFAULT_PROMPT,
    strength: Annotated[float, typer.Option(help="Of the embedded engine, 0 to 1.")] = 0.5,
    seed: Annotated[int | None, typer.Option(help="Of the embedded engine.")] = None,
) -> None:
    """Make variations of a picture and write them as PNG files."""
    from .files import write_atomically
    from .job import VariationJob
    from .session import open_session

    connection = replace(
        _connection(base_url, key_variable, edits),
        edits=EditOptions(prompt),
        engine=EngineOptions(strength, seed),
    )
    request = VariationRequest(
        b"", model=model, n=n, size=size, extra_fields=parse_extra_fields("\n".join(field or ()))
    )
    job = VariationJob(picture, request, prepare)
    with open_session(connection, _secret(connection)) as session:
        outcome = job.run(session, _Terminal())
    out.mkdir(parents=True, exist_ok=True)
    for image in outcome.images:
        if image.png is not None:
            stem = Path(outcome.request.image_name).stem
            path = out / f"{stem}-variation-{image.index + 1}.png"
            write_atomically(path, image.png)
            typer.echo(path)


@app.command()
def check(base_url: BaseUrl = "", key_variable: KeyVariable = "") -> None:
    """Ask a service for its image models, to see that address and key are right."""
    from .session import open_session

    connection = _connection(base_url, key_variable, edits=False)
    with open_session(connection, _secret(connection)) as session:
        models = session.find_models(_Terminal())
    for model in models:
        typer.echo(model.name + (f"  (ends {model.shutdown})" if model.shutdown else ""))


class _Terminal:
    """Tells of progress and warnings on stderr; Ctrl-C cancels by itself."""

    def progress(self, message: str, fraction: float | None = None) -> None:
        typer.echo(message, err=True)

    def warn(self, message: str) -> None:
        typer.secho(f"Warning: {message}", err=True, fg=typer.colors.YELLOW)

    def canceled(self) -> bool:
        return False

    def sending(self) -> None:
        """Only runs of many calls keep a journal."""


def _connection(base_url: str, key_variable: str, edits: bool) -> Connection:
    if not base_url and not key_variable:
        return Connection()
    return Connection(
        service=ServiceKind.COMPATIBLE if base_url else ServiceKind.OPENAI,
        credential=key_variable,
        base_url=base_url,
        route=Route.EDITS if edits else Route.VARIATIONS,
    )


def _secret(connection: Connection) -> Secret | None:
    name = connection.credential
    return Secret(os.environ.get(name), name=name) if name else None


def _missing_extra(extra: str, error: ModuleNotFoundError) -> ImagesError:
    return ImagesError(
        f'The module "{error.name}" is missing: pip install "openai-images[{extra}]".'
    )


def main() -> None:
    """Run the command line; a mistake of the user is one line on stderr and exit status 1."""
    try:
        app()
    except ImagesError as error:
        typer.secho(f"Error: {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
