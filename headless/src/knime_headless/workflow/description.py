"""What a workflow file says, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knime_headless.errors import WorkflowError


@dataclass(frozen=True)
class CredentialSource:
    """Names of the environment variables that hold a credential; the user name may be known."""

    password: str
    user: str | None
    login: str = ""


@dataclass(frozen=True)
class ImageFiles:
    """Where the images of a column go: one file per row, the path with ``{row}``."""

    column: str
    path: str


@dataclass(frozen=True)
class OutputFiles:
    """What is done with the table of an output port.

    Attributes:
        quote_formulas: whether a spreadsheet is kept from computing what a CSV file holds.
    """

    files: tuple[Path, ...] = ()
    images: ImageFiles | None = None
    print: bool = False
    quote_formulas: bool = True


@dataclass(frozen=True)
class Step:
    """One entry of ``nodes``: a node of an extension, or a table or credential in its place.

    Attributes:
        token: of a credential, the name of the environment variable.
        rows: of a table that stands in the entry, by column.
        image_folders: where the images that a table names may be.
        inputs: ``alias`` or ``alias.port`` by the input port's name or number, from 1.
        variables_from: aliases of nodes whose flow variables reach this one, as data or not.
        expose: flow variables that settings become, by the setting's path with dots.
        outputs: by the output port's name or number, from 1.
    """

    alias: str
    node: str | None
    table: Path | None = None
    token: str | None = None
    schema: str = "Bearer"
    rows: tuple[Mapping[str, Any], ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    image_folders: tuple[Path, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    variables_from: tuple[str, ...] = ()
    expose: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, OutputFiles] = field(default_factory=dict)
    view: Path | None = None


@dataclass(frozen=True)
class Description:
    """A workflow file. Its paths are absolute: they were relative to the file's folder."""

    folder: Path
    extensions: tuple[Path, ...]
    credentials: Mapping[str, CredentialSource]
    flow_variables: Mapping[str, Any]
    data_area: Path
    steps: Mapping[str, Step]


def check_flow_variable(where: str, value: Any) -> None:
    """Refuse what no flow variable can be.

    Raises:
        WorkflowError: begins with ``where``.
    """
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, (bool, int, float, str)) for item in values):
        raise WorkflowError(f"{where} is a number, text, switch or a list of one of these.")
