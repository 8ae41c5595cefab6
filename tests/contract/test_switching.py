"""A chain of nodes stays as it is while the connector before it names another service."""

from pathlib import Path

import pytest

from knime_headless import load_extension

from .servers import OPENAI, Server

ROOT = Path(__file__).parents[2]
CREDENTIALS = {"key": ("", "sk-marked-0123456789")}


@pytest.fixture
def chain(tmp_path, png):
    """Runs a connector and two nodes in a row; gives the tables of both."""
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    nodes = load_extension(ROOT).nodes
    vary = nodes["create_image_variation"]
    first = {"image": str(path), "set_size": True, "size": "256x256", "result_format": "IMAGES"}
    second = first | {"set_n": True, "n": 2, "result_format": "STRUCTURED_TABLE"}

    def run(connector):
        made = nodes["openai_image_connector"].execute(connector, [], credentials=CREDENTIALS)
        one = vary.execute(first, made.outputs, credentials=CREDENTIALS)
        two = vary.execute(second, [one.outputs[1]], credentials=CREDENTIALS)
        return one.outputs[0], two.outputs[0]

    return run


def test_only_the_connector_changes_from_service_to_service(chain, httpserver):
    Server().serve(httpserver, root="/compatible/v1")
    OPENAI.serve(httpserver, root="/openai/v1")
    remote = {
        "credentials": "key",
        "check_connection": False,
        "default_model": "mine",
        "retries": {"attempts": 1},
    }
    connectors = (
        {"service": "EMBEDDED"},
        remote | {"service": "COMPATIBLE", "base_url": httpserver.url_for("/compatible/v1")},
        remote | {"service": "OPENAI", "base_url": httpserver.url_for("/openai/v1")},
    )
    results = [chain(connector) for connector in connectors]
    assert len({repr(images.spec) for images, _ in results}) == 1
    assert len({repr(structured.spec) for _, structured in results}) == 1
    for images, structured in results:
        assert [picture.size for picture in images.to_pandas()["Image"]] == [(256, 256)]
        assert len(structured.to_pyarrow().to_pylist()[0]["Data"]) == 2
    paths = [request.path for request, _ in httpserver.log]
    calls = ["/compatible/v1/images/variations", "/openai/v1/images/edits"]
    assert paths == [calls[0]] * 2 + [calls[1]] * 2
