"""The command `openai-images serve`, as its own process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ..processes import children, exists

KEY = "a-key-of-the-tests-1"


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "openai_images.cli", "serve", *options]


@contextmanager
def serving(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen, str]]:
    """The server on a free port: its process, and its address."""
    with subprocess.Popen(
        command("--port", "0", "--workers", "1", *options),
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            first = json.loads(process.stdout.readline())
            yield process, f"http://127.0.0.1:{first['port']}"
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)


def variations(url: str, png: bytes, n: int) -> dict:
    fields = {"n": str(n), "size": "256x256"}
    body = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    file = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    request = urllib.request.Request(
        f"{url}/v1/images/variations",
        data=body + file + png + b"\r\n--b--\r\n",
        headers={"content-type": "multipart/form-data; boundary=b"},
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def in_flight(url: str) -> int:
    with urllib.request.urlopen(f"{url}/health") as answer:
        health = json.load(answer)
    return health["capacity"] - health["free"]


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_call_that_runs_is_finished_before_the_server_ends(png, stop):
    answers = []
    with serving() as (process, url):
        call = threading.Thread(target=lambda: answers.append(variations(url, png, 6)))
        call.start()
        while not in_flight(url):
            time.sleep(0.01)
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
        call.join(60)
    assert process.returncode in (0, -stop)
    assert len(answers[0]["data"]) == 6
    assert err.startswith(f"Open {url}/ in a browser; programs take {url}/v1 as their base URL.")
    assert len(err.splitlines()) == 1
    statuses = [entry for entry in map(json.loads, out.splitlines()) if "status" in entry]
    assert (statuses[-1]["path"], statuses[-1]["status"]) == ("/v1/images/variations", 200)


def test_nothing_is_left_of_a_server_that_ended(png, tmp_path):
    with serving(TMPDIR=str(tmp_path)) as (process, url):
        variations(url, png, 1)
        assert len(list(tmp_path.glob("openai-images-*/*.png"))) == 1
        process.terminate()
        process.communicate(timeout=60)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_engine_processes_do_not_outlive_a_server_that_was_killed():
    with serving() as (process, url):
        urllib.request.urlopen(f"{url}/health").close()
        deadline = time.monotonic() + 30
        while not (workers := children(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait(60)
        deadline = time.monotonic() + 30
        while any(map(exists, workers)) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.communicate()
    assert workers
    assert not any(map(exists, workers))


def test_keys_come_from_the_environment_and_the_file(tmp_path):
    file = tmp_path / "keys"
    file.write_text("another-key-of-the-file\n", encoding="utf-8")
    with serving("--api-key-file", str(file), OPENAI_IMAGES_API_KEYS=KEY) as (process, url):
        for key in (KEY, "another-key-of-the-file"):
            headers = {"authorization": f"Bearer {key}"}
            urllib.request.urlopen(
                urllib.request.Request(f"{url}/v1/models", headers=headers)
            ).close()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/v1/models")
        process.terminate()
        out, err = process.communicate(timeout=60)
    assert KEY not in out + err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--host", "0.0.0.0"), "Without API keys the server would be open to all"),
        (("--workers", "0"), "Workers is 0; it must be more than 0."),
        (("--api-key-file", "absent"), 'The key file "absent" cannot be read'),
        (("--public-url", "images"), "The public URL"),
        (("--host", "192.0.2.1", "--api-key-file", "KEYS"), "Cannot listen on 192.0.2.1 port 8000"),
        (("--host", "no such host", "--api-key-file", "KEYS"), "Cannot listen on no such host"),
    ],
)
def test_what_cannot_work_is_one_sentence(tmp_path, options, message):
    (tmp_path / "KEYS").write_text(KEY, encoding="utf-8")
    run = subprocess.run(
        command(*options), cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1
    assert message in run.stderr
    assert "Traceback" not in run.stderr
    assert KEY not in run.stderr


def test_a_port_in_use_is_said_so():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(command("--port", port), capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}: Address already in use" in run.stderr


def test_the_ipv6_loopback_works():
    if not socket.has_ipv6:
        pytest.skip("this Python has no IPv6")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving("--host", "::1") as (_, url):
        address = url.replace("127.0.0.1", "[::1]")
        with urllib.request.urlopen(f"{address}/health") as answer:
            assert answer.status == 200
