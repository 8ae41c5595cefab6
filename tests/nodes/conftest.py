"""The extension as KNIME loads it, and services for its nodes to call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from werkzeug import Response

from knime_headless import load_extension

ROOT = Path(__file__).parents[2]
KEY = "sk-marked-0123456789"


def controls(dialog):
    """Label, setting and advanced flag of every control, in the order of the dialog."""

    def walk(elements):
        for element in elements:
            if element["type"] == "Control":
                name = element["scope"].rpartition("/")[2]
                yield element["label"], name, element["options"].get("isAdvanced", False), element
            else:
                yield from walk(element["elements"])

    return list(walk(dialog["ui_schema"]["elements"]))


@pytest.fixture(scope="session")
def extension():
    return load_extension(ROOT)


@pytest.fixture(scope="session")
def connector(extension):
    return extension.nodes["openai_image_connector"]


@pytest.fixture(scope="session")
def vary(extension):
    return extension.nodes["create_image_variation"]


@pytest.fixture
def credentials():
    return {"openai": ("me", KEY), "empty": ("me", None)}


@pytest.fixture
def picture(tmp_path, png):
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    return path


@pytest.fixture
def embedded(connector):
    """The configuration of the embedded engine."""
    return connector.execute({"seed": "7"}, []).outputs[0]


@pytest.fixture
def service(connector, credentials, httpserver):
    """Makes the configuration of the loopback server."""

    def make(**settings):
        values = {
            "service": "COMPATIBLE",
            "base_url": httpserver.url_for("/v1"),
            "credentials": "openai",
            "check_connection": False,
            "retries": {"attempts": 1},
            **settings,
        }
        return connector.execute(values, [], credentials=credentials).outputs[0]

    return make


@pytest.fixture
def calls(httpserver):
    """The forms that the loopback server received, while it answers each with one URL."""
    received = []

    def answer(request):
        received.append((request.form.to_dict(), sorted(request.files)))
        body = {"created": 1750000000, "data": [{"url": "https://example.org/1.png"}]}
        return Response(json.dumps(body), 200, {"x-request-id": "req_1"}, "application/json")

    httpserver.expect_request("/v1/images/variations", "POST").respond_with_handler(answer)
    return received
