"""The command `openai-images`: thin, each command calls the module that does the work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from .errors import ImagesError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


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
