"""Make the workflow files for KNIME from the YAML files beside them.

    .venv/bin/python demos/make_knwf.py

The same nodes give the same bytes. What headless runs from either file is the same.
"""

import os
from pathlib import Path

from knime_headless import Workflow
from knime_headless.knwf.writing import knime_workflow

DEMOS = Path(__file__).parent
CHOOSE = "<p>Choose a picture in each <b>Create Image Variation</b>, then execute all nodes.</p>"
NOTES = {
    "first_variations": f"<h4>First variations</h4><p>Made on this computer.</p>{CHOOSE}",
    "variations": (
        "<h4>A chain</h4><p>All nodes share one connector. Put the paths of your pictures into "
        f"<b>Table Creator</b>.</p>{CHOOSE}"
    ),
    "table": (
        "<h4>A table of pictures</h4><p>Rows that cannot work end in Failures. Put the paths of "
        "your pictures into <b>Table Creator</b>, then execute all nodes.</p>"
    ),
    "gpt_image_edits": (
        "<h4>GPT Image edits</h4><p>Enter an OpenAI key as the password when this opens. "
        f"Each execution costs money.</p>{CHOOSE}"
    ),
}


def archive(name: str) -> bytes:
    """The workflow file for one of the YAML files."""
    environment = {**os.environ, "OPENAI_API_KEY": "not written"}
    workflow = Workflow(DEMOS / f"{name}.yml", environment=environment)
    return knime_workflow(workflow, name, NOTES[name])


def main() -> None:
    """Write all of them."""
    for name in NOTES:
        (DEMOS / f"{name}.knwf").write_bytes(archive(name))


if __name__ == "__main__":
    main()
