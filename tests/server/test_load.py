"""Many callers at once: all are served or told when to come back, and memory stays flat."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai
import pytest

from openai_images.server.settings import Settings

from ..processes import children

# OpenAI retired the call at its own address, so its client warns of it.
pytestmark = pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")


def test_a_full_queue_turns_callers_away_and_loses_none(start, png):
    refused: list[openai.RateLimitError] = []

    def call(client: openai.OpenAI) -> str:
        for _ in range(500):
            try:
                return client.images.create_variation(image=png, size="256x256").data[0].url
            except openai.RateLimitError as error:
                refused.append(error)
                time.sleep(0.1)
        return ""

    with (
        start(Settings(port=0, workers=2, queue=2)) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client,
        ThreadPoolExecutor(8) as callers,
    ):
        calls = [callers.submit(call, client) for _ in range(16)]
        assert len({made.result() for made in calls} - {""}) == 16
    assert refused
    assert {error.code for error in refused} == {"rate_limit_exceeded"}
    headers = [error.response.headers for error in refused]
    assert all(1 <= int(header["retry-after"]) <= 60 for header in headers)
    assert {header["x-ratelimit-remaining-requests"] for header in headers} == {"0"}


def test_openais_client_waits_as_it_is_told(start, png):
    settings = Settings(port=0, workers=1, queue=1)
    with (
        start(settings) as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=20) as client,
        ThreadPoolExecutor(6) as callers,
    ):
        calls = [
            callers.submit(client.images.create_variation, image=png, size="256x256")
            for _ in range(6)
        ]
        assert all(call.result().data[0].url for call in calls)


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_flat(png):
    command = [sys.executable, "-m", "openai_images.cli", "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = json.loads(process.stdout.readline())["port"]
            # The log goes to a pipe that is read at the end; these calls do not fill it.
            base = f"http://127.0.0.1:{port}/v1"
            with openai.OpenAI(base_url=base, api_key="none") as client:
                fields = {"image": png, "size": "256x256", "response_format": "b64_json"}
                after = []
                for _ in range(3):
                    for _ in range(8):
                        client.images.create_variation(**fields)
                    after.append(resident_mib(process.pid))
        finally:
            process.terminate()
            process.communicate(timeout=60)
    assert after[2] - after[1] < 15, after
    assert after[2] < 600, after


def resident_mib(pid: int) -> float:
    """Resident memory of a process and its children, in MiB."""
    workers = children(pid)
    assert workers
    page = os.sysconf("SC_PAGE_SIZE")
    pages = [
        int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1])
        for one in [pid, *workers]
    ]
    return sum(pages) * page / 2**20
