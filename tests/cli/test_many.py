"""`openai-images vary` with many pictures: the whole run, also one that was ended."""

import base64
import json
import re
import signal
import subprocess
import threading

import pytest
from PIL import Image
from pytest_httpserver import HTTPServer
from werkzeug import Response


@pytest.fixture
def photos(tmp_path):
    """Ten different pictures in a folder."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(10):
        Image.new("RGB", (64, 64), (number, 0, 0)).save(folder / f"p{number}.png")
    return folder


class Service:
    """Answers each call with the picture it got; counts the calls by their picture.

    Attributes:
        bad: pictures for which it fails.
        hold_after: how many calls are answered; later ones are kept waiting, and `waiting` says so.
        held: pictures whose calls are kept waiting.
    """

    def __init__(self, httpserver):
        self.url = httpserver.url_for("/v1")
        self.calls = []
        self.bad = set()
        self.held = set()
        self.hold_after = 1_000
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        httpserver.expect_request("/v1/images/variations").respond_with_handler(self._answer)

    def _answer(self, request):
        file = request.files["image"]
        self.calls.append(file.filename)
        if file.filename in self.held or len(self.calls) > self.hold_after:
            self.waiting.set()
            self.go_on.wait(60)
        if file.filename in self.bad:
            return Response(json.dumps({"error": {"message": "no cats"}}), status=400)
        item = {"b64_json": base64.b64encode(file.read()).decode()}
        return Response(json.dumps({"created": 1, "data": [item]}))


@pytest.fixture
def service():
    with HTTPServer(threaded=True) as server:
        service = Service(server)
        yield service
        service.go_on.set()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_becomes_files_a_page_and_a_summary(run, photos, tmp_path, service):
    out = tmp_path / "out"
    done = run("vary", photos, "-u", service.url, "-o", out, "--concurrency", 8)
    made = [f"p{number}-variation-1.png" for number in range(10)]
    assert done.returncode == 0
    assert done.stdout.splitlines() == [str(out / name) for name in made]
    assert names(out) == ["gallery-1.html", *made]
    page = (out / "gallery-1.html").read_text()
    addresses = re.findall('src="([^"]*)"', page)
    assert len(addresses) == 20
    assert all((out / address).is_file() for address in addresses)
    assert done.stderr.startswith("10 of 10 pictures done, 10 files written; look at ")


def test_a_picture_that_fails_leaves_the_others_and_resuming_tries_only_it(
    run, photos, tmp_path, service
):
    service.bad = {"p3.png"}
    (photos / "broken.png").write_bytes(b"no picture")
    arguments = ["vary", photos, "-u", service.url, "-o", tmp_path / "out", "--json"]
    done = run(*arguments)
    *rows, summary = map(json.loads, done.stdout.splitlines())
    failed = {row["picture"]: row for row in rows if row["status"] == "failed"}
    assert done.returncode == 1
    assert set(failed) == {str(photos / "broken.png"), str(photos / "p3.png")}
    assert (failed[str(photos / "p3.png")]["http_status"], len(rows)) == (400, 11)
    assert summary["summary"]["done"] == 9
    assert "p3.png: HTTP 400" in done.stderr

    refused = run(*arguments)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--resume" in refused.stderr

    service.bad = set()
    (photos / "broken.png").unlink()
    service.calls.clear()
    again = run(*arguments, "--resume")
    assert (again.returncode, service.calls) == (0, ["p3.png"])
    assert json.loads(again.stdout.splitlines()[-1])["summary"]["taken_over"] == 9
    assert len(list((tmp_path / "out").glob("*.png"))) == 10
    assert not (tmp_path / "out" / ".openai-images").exists()


def test_a_killed_run_goes_on_and_repeats_no_call_that_may_be_billed(
    run, command, photos, tmp_path, service
):
    service.hold_after = 6
    arguments = ["vary", photos, "-u", service.url, "-o", tmp_path / "out", "-c", "1"]
    process = subprocess.Popen([*command, *map(str, arguments)], stderr=subprocess.DEVNULL)
    try:
        assert service.waiting.wait(60)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(60)
    service.go_on.set()
    *answered, unknown = service.calls
    assert len(answered) == 6
    service.hold_after = 1_000
    service.calls.clear()

    again = run(*arguments, "--resume", "--json")
    rows = [json.loads(line) for line in again.stdout.splitlines()[:-1]]
    statuses = {row["picture"].rpartition("/")[2]: row["status"] for row in rows}
    assert again.returncode == 1
    assert statuses.pop(unknown) == "unknown"
    assert set(statuses.values()) == {"done"}
    assert sorted(service.calls) == sorted(set(statuses) - set(answered))

    service.calls.clear()
    last = run(*arguments, "--resume", "--may-bill-twice")
    assert (last.returncode, service.calls) == (0, [unknown])
    assert len(list((tmp_path / "out").glob("*.png"))) == 10


def test_a_run_that_is_canceled_keeps_what_it_has_and_says_how_to_go_on(
    run, command, photos, tmp_path, service
):
    service.held = {path.name for path in photos.iterdir()} - {"p0.png", "p1.png"}
    arguments = ["vary", photos, "-u", service.url, "-o", tmp_path / "out", "-c", "10"]
    process = subprocess.Popen(
        [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        # Told once they are written: both are done, and the others under way.
        made = [process.stdout.readline(), process.stdout.readline()]
        assert service.waiting.wait(60)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert [path.rpartition("/")[2] for path in made] == [
        "p0-variation-1.png\n",
        "p1-variation-1.png\n",
    ]
    assert stdout == ""
    assert "2 of 10 pictures done" in stderr
    assert "--resume tries the others again" in stderr
    assert "Traceback" not in stderr


def test_leaving_an_unfinished_run_behind_makes_all_calls_again(run, photos, tmp_path, service):
    service.bad = {"p3.png"}
    arguments = ["vary", photos, "-u", service.url, "-o", tmp_path / "out"]
    assert run(*arguments).returncode == 1
    service.bad = set()
    service.calls.clear()
    assert run(*arguments, "--anew").returncode == 0
    assert len(service.calls) == 10


def test_no_more_calls_are_made_than_allowed(run, photos, tmp_path, service):
    done = run("vary", photos, "-u", service.url, "-o", tmp_path, "--most-requests", 4, "--json")
    statuses = [json.loads(line)["status"] for line in done.stdout.splitlines()[:-1]]
    assert done.returncode == 1
    assert (statuses.count("done"), statuses.count("not sent")) == (4, 6)
    assert len(service.calls) == 4
