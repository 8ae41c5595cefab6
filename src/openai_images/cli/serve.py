"""`openai-images serve`: the embedded engine behind OpenAI's protocol."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ImagesError
from .connecting import text
from .terminal import complain


def serve(
    host: Annotated[
        str, typer.Option("--host", "-H", help="Address to listen on.", callback=text)
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", "-p", help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", help="Engine processes.", show_default="one per core"),
    ] = None,
    queue: Annotated[int, typer.Option(help="Calls that may wait beyond the workers.")] = 128,
    api_key_file: Annotated[
        Path | None,
        typer.Option(help="File with one API key a line; OPENAI_IMAGES_API_KEYS holds more."),
    ] = None,
    public_url: Annotated[
        str,
        typer.Option(
            help="Address by which clients reach the server, behind a proxy.", callback=text
        ),
    ] = "",
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(help="Site whose pages may use the server; may be repeated."),
    ] = None,
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

    Keys are needed on any address but loopback. Open the address in a browser for a page to try
    it on.
    """
    try:
        from .. import server
    except ModuleNotFoundError as error:
        raise ImagesError(
            f'The module "{error.name}" is missing: pip install ".[server]" in a clone.'
        ) from None
    settings = server.Settings(
        host=host,
        port=port,
        workers=(os.cpu_count() or 1) if workers is None else workers,
        queue=queue,
        keys=server.read_keys(api_key_file, os.environ),
        public_url=public_url,
        allow_origins=tuple(allow_origin or ()),
        results_dir=results_dir,
        shutdown_seconds=shutdown_seconds,
        limits=server.Limits(body_bytes=max_body_mb * 2**20, pixels=max_megapixels * 1_000_000),
    )
    server.serve(settings, tell_where)


def tell_where(host: str, port: int) -> None:
    """Say where to look, on standard error: standard output has the log."""
    shown = {"0.0.0.0": "localhost", "::": "localhost"}.get(host, host)
    address = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    complain(
        "",
        f"Open {address}/ in a browser; programs take {address}/v1 as their base URL. "
        "Ctrl-C ends the server.",
    )
