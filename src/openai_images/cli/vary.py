"""`openai-images vary`: variations of pictures as PNG files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from .. import batch
from ..batch import MAX_CONCURRENCY, Item, Result
from ..errors import Canceled, ImagesError, InvalidRequest
from ..job import VariationJob
from ..output import OutputFolder
from ..pictures import Preparation
from ..request import VariationRequest, parse_extra_fields
from ..services.recorded import RecordedService
from ..session import Session, open_session
from .connecting import (
    PANEL,
    BaseUrl,
    ConnectionFile,
    KeyVariable,
    Service,
    connect,
    secret_of,
    text,
    with_edits,
    with_engine,
)
from .inputs import Input, find_inputs
from .results import Json, Results, expected_bytes
from .resume import journal_beside
from .terminal import Terminal

__all__ = ["vary"]

ENGINE_PANEL = "Embedded engine"
MANY_PANEL = "Many pictures"


def vary(
    pictures: Annotated[
        list[str],
        typer.Argument(
            help="Paths or URLs of pictures, folders, or patterns such as 'scans/**/*.tif'.",
            metavar="PICTURE",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the PNG files.", metavar="DIR")
    ] = Path(),
    n: Annotated[
        int | None, typer.Option("--n", "-n", help="How many of each, 1 to 10.", metavar="NUMBER")
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(
            "--size", "-s", help="256x256, 512x512 or 1024x1024.", metavar="WxH", callback=text
        ),
    ] = None,
    response_format: Annotated[
        str | None,
        typer.Option(
            help="How the service sends them: url or b64_json, where it can do both.",
            metavar="FORMAT",
            callback=text,
            rich_help_panel=PANEL,
        ),
    ] = None,
    prepare: Annotated[
        Preparation,
        typer.Option(
            help="How a picture becomes the square that the call needs: automatic, crop, pad; "
            "as_is sends it unchanged.",
            metavar="HOW",
        ),
    ] = Preparation.AUTOMATIC,
    as_json: Json = False,
    gallery: Annotated[
        bool | None,
        typer.Option(
            "--gallery/--no-gallery",
            "-g",
            help="Write a page that shows all. Without: for several pictures.",
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
            help="Which call to make. Without: edits at OpenAI and Azure, else variations.",
            rich_help_panel=PANEL,
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
    connection: ConnectionFile = None,
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
            metavar="NUMBER",
            show_default="another each time",
            rich_help_panel=ENGINE_PANEL,
        ),
    ] = None,
    concurrency: Annotated[
        int,
        typer.Option(
            "--concurrency",
            "-c",
            min=1,
            max=MAX_CONCURRENCY,
            help="Calls at a time.",
            rich_help_panel=MANY_PANEL,
        ),
    ] = 4,
    most_requests: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Calls that the run may make.",
            show_default="no limit",
            rich_help_panel=MANY_PANEL,
        ),
    ] = None,
    resume: Annotated[
        bool | None,
        typer.Option(
            "--resume/--anew",
            "-r",
            help="Go on with what the last run into DIR did not finish, or leave it behind.",
            rich_help_panel=MANY_PANEL,
        ),
    ] = None,
    may_bill_twice: Annotated[
        bool,
        typer.Option(
            "--may-bill-twice",
            help="Repeat calls that the service may have done and charged already.",
            rich_help_panel=MANY_PANEL,
        ),
    ] = False,
) -> None:
    """Make variations of pictures and write them as PNG files.

    Nothing is overwritten: where a name is taken, the next number is used.
    The exit status is 0 only if every picture that was asked for is there.

    Each call is written down in DIR/.openai-images before it is sent.
    So --resume goes on after any end, and nothing is paid twice.
    """
    chosen = connect(service, base_url, key_variable, connection)
    chosen = with_edits(chosen, edits, prompt)
    for_calls: dict[str, object] = {
        "--model": model,
        "--response-format": response_format,
        "--field": field,
    }
    chosen = with_engine(chosen, strength, seed, for_calls)
    if may_bill_twice:
        chosen = replace(chosen, retry=replace(chosen.retry, may_bill_twice=True))
    request = VariationRequest(
        b"",
        model=model,
        n=n,
        response_format=response_format,
        size=size,
        extra_fields=_fields(field or ()),
    )
    inputs = find_inputs(pictures, out)
    secret = secret_of(chosen)
    room = len(inputs) * expected_bytes(request)
    folder = OutputFolder(out, room)
    settings = (request.fields(), prepare.value)
    items = [Item(given, VariationJob(given.location, request, prepare)) for given in inputs]
    with (
        Terminal() as terminal,
        open_session(chosen, secret) as session,
        journal_beside(
            out,
            chosen,
            settings,
            [given.location for given in inputs],
            resume=resume,
            expected_bytes=room,
        ) as journal,
    ):
        session.check_address(terminal)
        recorded = session.recorded(journal, most_requests)
        shown = len(items) > 1 if gallery is None else gallery
        results = Results(folder, terminal, len(items), as_json=as_json, gallery=shown)
        try:
            for result in _run(items, session, recorded, concurrency, terminal):
                results.add(result)
            if not results.failed:
                journal.finish()
        finally:
            status = results.end(recorded.counts, session.tally)
    raise typer.Exit(status)


def _fields(pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The extra form fields, one of each option.

    Raises:
        InvalidRequest: one is not of the form NAME=VALUE.
    """
    fields: list[tuple[str, str]] = []
    for pair in pairs:
        parsed = parse_extra_fields(text(pair) or "")
        if len(parsed) != 1:
            raise InvalidRequest("A --field is not of the form NAME=VALUE, in one line.")
        fields += parsed
    return tuple(fields)


def _run(
    items: list[Item[Input]],
    session: Session,
    service: RecordedService,
    concurrency: int,
    terminal: Terminal,
) -> Iterator[Result[Input]]:
    """The results, in the order of the items."""
    if len(items) > 1:
        yield from batch.run(
            items,
            session,
            service,
            concurrency=concurrency,
            total=len(items),
            watch=terminal,
        )
        return
    # One picture alone tells of itself, not of how many are done.
    for item in items:
        yield _one(item, session, service, terminal)


def _one(
    item: Item[Input], session: Session, service: RecordedService, terminal: Terminal
) -> Result[Input]:
    job = item.job
    assert isinstance(job, VariationJob)
    try:
        return Result(item, job.run(session, terminal, service))
    except Canceled:
        raise
    except ImagesError as error:
        return Result(item, error=error)
