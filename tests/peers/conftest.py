"""Programs run as their users run them: our server, and a LiteLLM proxy in front of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from knime_headless import load_extension

from ..faults.server import free_port

ROOT = Path(__file__).parents[2]
LITELLM = ROOT / ".venv-peers" / "bin" / "litellm"
ENGINE_KEY = "sk-engine-0123456789abcdef"
PROXY_KEY = "sk-proxy-0123456789abcdef"
START_SECONDS = 120

LITELLM_CONFIG = """
model_list:
  - model_name: variation-engine
    litellm_params:
      model: openai/gpt-image-1
      api_base: {engine}/v1
      api_key: os.environ/ENGINE_KEY
general_settings:
  master_key: os.environ/PROXY_KEY
  pass_through_endpoints:
    - path: /engine
      target: {engine}/v1
      include_subpath: true
      headers:
        Authorization: bearer os.environ/ENGINE_KEY
"""


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.peers)


@dataclass(frozen=True)
class Program:
    """A program that runs; its output goes to `log`."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_until(self, is_ready):
        """Wait for the first answer of `is_ready` that is not None."""
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends and self.process.poll() is None:
            if (answer := is_ready()) is not None:
                return answer
            time.sleep(0.1)
        pytest.fail(f"{self.process.args[0]} did not start:\n{self.log.read_text()[-5000:]}")


@contextmanager
def running(command, log, **environment):
    """Run a program for the length of a `with` block, without any proxy setting of this shell."""
    inherited = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=log.parent, env=inherited | environment
        )
        try:
            yield Program(process, log)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def engine(tmp_path_factory):
    """Address of `openai-images serve`, with a key."""
    folder = tmp_path_factory.mktemp("engine")
    keys = folder / "keys"
    keys.write_text(ENGINE_KEY, encoding="utf-8")
    command = [Path(sys.executable).with_name("openai-images"), "serve", "--port", "0"]
    with running([*command, "--api-key-file", keys], folder / "log") as server:

        def port():
            lines = (json.loads(line) for line in server.log.read_text().splitlines())
            return next((line["port"] for line in lines if line["message"] == "listening"), None)

        yield f"http://127.0.0.1:{server.wait_until(port)}"


@pytest.fixture(scope="session")
def litellm(engine, tmp_path_factory):
    """Address of the proxy in front of `engine`."""
    if not LITELLM.exists():
        pytest.skip("LiteLLM is not installed: make .venv-peers/ready")
    folder = tmp_path_factory.mktemp("litellm")
    config = folder / "config.yaml"
    config.write_text(LITELLM_CONFIG.format(engine=engine), encoding="utf-8")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [LITELLM, "--config", config, "--host", "127.0.0.1", "--port", str(port)]
    environment = {
        "ENGINE_KEY": ENGINE_KEY,
        "PROXY_KEY": PROXY_KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    with running(command, folder / "log", **environment) as server:

        def is_up():
            try:
                return urllib.request.urlopen(f"{address}/health/liveliness").status
            except OSError:
                return None

        server.wait_until(is_up)
        yield address


@pytest.fixture(scope="session")
def nodes():
    return load_extension(ROOT).nodes


@pytest.fixture
def credentials():
    return {"engine": ("", ENGINE_KEY), "proxy": ("", PROXY_KEY), "wrong": ("", "sk-wrong-0123")}


@pytest.fixture
def run(nodes, credentials, tmp_path, png):
    """Runs the chain: a connector with some settings, and the node behind it with others."""
    picture = tmp_path / "cat.png"
    picture.write_bytes(png)

    def chain(connector, **options):
        settings = {
            "service": "COMPATIBLE",
            "check_connection": False,
            "retries": {"attempts": 1},
        } | connector
        configuration = nodes["openai_image_connector"].execute(
            settings, [], credentials=credentials
        )
        return nodes["create_image_variation"].execute(
            {"image": str(picture), **options}, configuration.outputs, credentials=credentials
        )

    return chain
