"""Markdown of descriptions as the HTML that KNIME shows."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(text: str) -> str:
    """HTML of a docstring or description; raw HTML in it is shown as text."""
    html: str = _parser().render(inspect.cleandoc(text))
    return html.strip()


def convert_descriptions(schema: dict[str, Any]) -> None:
    """Replace every ``description`` of a dialog's schema by its HTML, in place."""
    for key, value in schema.items():
        if key == "description" and isinstance(value, str):
            schema[key] = to_html(value)
        elif isinstance(value, dict):
            convert_descriptions(value)
