"""The installed command, run as a user runs it, and a service for it to call."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-m", "openai_images.cli"]


@pytest.fixture
def command():
    """The command's own words, for tests that start the process themselves."""
    return COMMAND


@pytest.fixture
def run():
    """Run the command with arguments and environment variables."""

    def run(*arguments, cwd=None, **environment):
        return subprocess.run(
            [*COMMAND, *(os.fsencode(str(argument)) for argument in arguments)],
            capture_output=True,
            text=True,
            errors="surrogateescape",
            cwd=cwd,
            env={**os.environ, **environment},
            check=False,
        )

    return run


@pytest.fixture
def picture(tmp_path, png):
    path = tmp_path / "cat.png"
    path.write_bytes(png)
    return path


@pytest.fixture
def answer(httpserver, png):
    """Let the service answer with pictures: `answer(png, png)`; gives its base URL."""

    def answer(*pictures, call="variations", **further):
        items = [{"b64_json": base64.b64encode(picture).decode()} for picture in pictures]
        handler = httpserver.expect_request(f"/v1/images/{call}", "POST")
        handler.respond_with_json({"created": 1, "data": items, **further})
        return httpserver.url_for("/v1")

    return answer
