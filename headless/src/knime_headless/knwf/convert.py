"""From a workflow file of KNIME to a workflow that runs here, or to the text of a YAML file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from knime_headless.errors import WorkflowError
from knime_headless.extension import load_extension
from knime_headless.knwf.archive import open_workflow
from knime_headless.knwf.reading import Given, KnimeWorkflow
from knime_headless.knwf.steps import Converter, password_variable


def yaml_data(
    path: Path, extensions: Sequence[Path], given: Given, name: str | None = None
) -> dict[str, Any]:
    """What a YAML file that does the same would hold.

    Args:
        path: an archive (.knwf, .knar) or a folder.
        extensions: folders with knime.yml; if there are none, the nearest above the workflow.
        given: what the workflow file does not say.
        name: which workflow, if there are several.

    Raises:
        WorkflowError: the workflow cannot be read, or not run here.
        ExtensionError: an extension cannot be loaded.
    """
    workflow = KnimeWorkflow(open_workflow(path, name), given)
    folders = extensions or [_nearest_extension(path)]
    return Converter(workflow, [load_extension(folder) for folder in folders], given).data()


def _nearest_extension(path: Path) -> Path:
    for folder in path.resolve().parents:
        if (folder / "knime.yml").is_file():
            return folder
    raise WorkflowError(f"Name the folder of the extension with --extension: none is above {path}.")


def yaml_text(data: Mapping[str, Any], folder: Path) -> str:
    """The text of a YAML file in a folder."""
    paths = [os.path.relpath(path, folder.resolve()) for path in data["extensions"]]
    text: str = yaml.safe_dump(
        {**data, "extensions": paths}, sort_keys=False, allow_unicode=True, width=100
    )
    return text


def missing_passwords(data: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Credentials, and the variables of their passwords, that the environment does not have."""
    variables = {name: c["password"] for name, c in data.get("credentials", {}).items()}
    return {name: v for name, v in variables.items() if v not in environment}


def explain_missing(name: str, variable: str) -> str:
    """What to do about a password that is not there; a variable is not shown if it was given."""
    usual = password_variable(name)
    which = usual if variable == usual else "that --credential names"
    return f"The credential {name} needs a password: set the environment variable {which}" + (
        f", or name another one with --credential {name}=VARIABLE." if which == usual else "."
    )
