from __future__ import annotations

import io

import pandas as pd
import pytest
from rich.console import Console

from knime_headless.report import Mask, as_rich_table


def test_the_longest_secret_is_masked_first():
    mask = Mask(["secret", "secret-longer", "abc", "", None])
    assert mask("a secret-longer secret abc") == "a *** *** abc"


@pytest.fixture
def shown(colours):
    def show(frame: pd.DataFrame) -> str:
        (table,) = colours.nodes["count"].execute({"batch": 100}, [frame]).outputs
        console = Console(width=120, record=True, file=io.StringIO())
        console.print(as_rich_table("title", table, Mask(["a secret"])))
        return console.export_text()

    return show


def test_cells(shown):
    frame = pd.DataFrame({"A": ["a secret", None, "x" * 100, "[b]"], "B": [[1], [], None, [2]]})
    text = shown(frame)
    assert "***" in text
    assert "│ ?" in text
    assert f"{'x' * 59}…" in text
    assert "[b]" in text
    assert "[1]" in text


def test_columns_without_values_are_only_named(shown):
    text = " ".join(shown(pd.DataFrame({"A": [1], "Gap": [None], "Hole": [None]})).split())
    assert "without values: Gap, Hole" in text
    assert text.count("Gap") == 1


def test_only_the_first_rows(shown):
    assert "5 more rows" in shown(pd.DataFrame({"A": range(25)}))
