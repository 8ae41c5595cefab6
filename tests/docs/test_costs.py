"""The worked cost in the documents is what the nodes compute, and that workflow runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from openai_images.cost import TokenCounts, cost_of
from openai_images.options import Prices

from ..contract.servers import OPENAI, USAGE
from .blocks import ROOT

PRICES = Prices(text_input="5", image_input="8", image_output="30")


@pytest.mark.parametrize("page", ["costs.md", "tutorial/gpt-image.md"])
def test_the_worked_cost(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    cost = cost_of(TokenCounts.read(USAGE), PRICES)
    assert cost is not None
    assert f"**{cost.amount}" in text
    thousand = (cost.amount * 1000).quantize(Decimal("0.01"))
    assert re.search(rf"\b{thousand} USD", text)


def test_the_workflow_of_gpt_image_runs(tmp_path, httpserver):
    OPENAI.serve(httpserver)
    models = {"data": [{"id": "gpt-image-2.6-flare", "object": "model"}]}
    httpserver.expect_request("/v1/models").respond_with_json(models)
    shutil.copy(ROOT / "demos" / "coffee.png", tmp_path)
    text = (ROOT / "demos" / "gpt_image_edits.yml").read_text(encoding="utf-8")
    base_url = httpserver.url_for("/v1")
    text = text.replace("extension: ..", f"extension: {ROOT}")
    text = text.replace("service: OPENAI", f"service: OPENAI\n      base_url: {base_url}")
    workflow = tmp_path / "gpt_image_edits.yml"
    workflow.write_text(text, encoding="utf-8")
    ran = subprocess.run(
        [Path(sys.executable).with_name("knime-headless"), "run", workflow],
        env={**os.environ, "OPENAI_API_KEY": "a-key-of-nobody"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    table = pq.read_table(tmp_path / "output" / "edits.parquet")
    assert table.num_rows == 2
    assert table.column("Total Tokens").to_pylist() == [USAGE["total_tokens"], None]
