"""The nodes run with KNIME's own packages, in KNIME's own versions, and everything else absent."""

import base64
import json
import subprocess

import pytest
from werkzeug import Response

from .conftest import ROOT
from .test_packages import ENVIRONMENTS, installed

OLDEST = "python3.11"
"""Made in CI; that of a later KNIME is tried wherever its Python made one possible."""


def is_made(environment):
    return (ROOT / ".venv-knime" / environment.stem / "ready").exists()


@pytest.fixture(
    scope="module",
    params=[path for path in ENVIRONMENTS if path.stem == OLDEST or is_made(path)],
    ids=lambda path: path.stem,
)
def environment(request):
    if not is_made(request.param):
        pytest.skip(f"`make .venv-knime/{request.param.stem}/ready` makes KNIME's environment")
    return request.param


@pytest.fixture
def base_url(httpserver, png):
    """A server that answers the call with as many pictures as are asked for."""

    def answer(request):
        item = {"b64_json": base64.b64encode(png).decode()}
        body = {"created": 1750000000, "data": [item] * int(request.form["n"])}
        return Response(json.dumps(body), content_type="application/json")

    httpserver.expect_request("/v1/images/variations", "POST").respond_with_handler(answer)
    return httpserver.url_for("/v1")


@pytest.fixture
def report(environment, exported, base_url, png, tmp_path):
    """What a chain of three nodes made of each service and result format."""
    picture = tmp_path / "cat.png"
    picture.write_bytes(png)
    python = ROOT / ".venv-knime" / environment.stem / "bin" / "python"
    chain = ROOT / "tests" / "bundle" / "chain.py"
    arguments = [exported, ROOT / "headless" / "src", picture, base_url]
    run = subprocess.run([python, "-I", chain, *arguments], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.knime
def test_a_chain_gives_every_result_format_of_every_service(report, environment):
    tools = {"pip", "setuptools"}
    packages = {n: v for n, v in report["packages"].items() if n not in tools}
    assert packages == installed(environment)
    for service, edge in (("EMBEDDED", 256), ("COMPATIBLE", 64)):
        structured, raw, images = report["results"][service].values()
        for table in structured:
            assert (table["rows"], table["columns"][:2]) == (1, ["Created", "Data"])
        for table in raw:
            assert (table["rows"], table["columns"]) == (1, ["body", "status"])
        for table in images:
            assert (table["rows"], table["pictures"]) == (2, [[edge, edge]] * 2)
