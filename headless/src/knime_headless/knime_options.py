"""What the command line says about workflows of KNIME, which a YAML file says by itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from knime_headless.errors import WorkflowError, shown

Extensions = Annotated[
    list[Path] | None,
    typer.Option(
        "--extension", "-e", help="Folder with knime.yml; may be repeated.", metavar="EXT"
    ),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input", help="The table of a node that cannot run.", metavar="NODE[/PORT]=FILE"
    ),
]
Outputs = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        help="A table, a view, or with the column's name the images: {row}.png.",
        metavar="NODE/PORT[/COLUMN]=FILE",
    ),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", help="A node to leave out.", metavar="NODE")
]
Credentials = Annotated[
    list[str] | None,
    typer.Option(
        "--credential",
        help="The environment variable of a password; NAME_PASSWORD if left out. Or of a token, "
        "in place of the node of that name.",
        metavar="NAME=VARIABLE",
    ),
]
WorkflowName = Annotated[
    str | None, typer.Option("--workflow", help="Which one of several.", metavar="NAME")
]


def converted(
    workflow: Path,
    extensions: list[Path] | None,
    tables: list[str] | None,
    outputs: list[str] | None,
    without: list[str] | None,
    credentials: list[str] | None,
    name: str | None,
) -> dict[str, Any]:
    """What a YAML file for the workflow would hold."""
    from knime_headless.knwf.convert import yaml_data
    from knime_headless.knwf.reading import Given

    given = Given(
        dict(_pair(table, "NODE=FILE") for table in tables or []),
        [_pair(output, "NODE/PORT=FILE") for output in outputs or []],
        without or [],
        dict(_pair(credential, "NAME=VARIABLE", secret=True) for credential in credentials or []),
    )
    return yaml_data(workflow, extensions or [], given, name)


def _pair(given: str, form: str, *, secret: bool = False) -> tuple[str, str]:
    name, _, value = given.partition("=")
    if not name or not value:
        what = "What was given" if secret else shown(given)
        raise typer.BadParameter(f"{what} is not of the form {form}.")
    return name, value


def planned(data: dict[str, Any], path: Path, variables: dict[str, Any]) -> Any:
    """The workflow, with passwords from the environment or, on a terminal, asked for."""
    import getpass

    from knime_headless.knwf.convert import explain_missing, missing_passwords
    from knime_headless.workflow import Workflow
    from knime_headless.workflow.file import description_of

    environment = dict(os.environ)
    for name, variable in missing_passwords(data, environment).items():
        if not sys.stdin.isatty():
            raise WorkflowError(explain_missing(name, variable))
        environment[variable] = getpass.getpass(f"Password of {name}: ")
    description = description_of(data, path.resolve().parent)
    return Workflow(description, variables, environment)
