"""Whole runs of the table node, judged by what the server counts."""

import base64
import io
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from openai_images.batch import BESIDES

from ..conftest import make_png
from ..faults.server import FaultServer

SCRIPT = Path(__file__).with_name("run_table.py")


def picture_of(number):
    """Another picture for each row."""
    return make_png((16, 16), (number % 256, number // 256, 128))


def answer_with(peer, png):
    peer.answer(200, {"created": 1, "data": [{"b64_json": base64.b64encode(png).decode()}]})


# What the server does to some rows, and how often it is asked for one of them.
FAULTS = [
    (lambda peer, nth: peer.answer(400, {"error": {"message": "No.", "code": "bad"}}), 1),
    (lambda peer, nth: peer.answer(404, b"<html>not here</html>", content_type="text/html"), 1),
    (lambda peer, nth: peer.answer(422, {"detail": [{"msg": "n is wrong", "loc": ["n"]}]}), 1),
    (lambda peer, nth: peer.answer(429, {"error": {"code": "insufficient_quota"}}), 1),
    (lambda peer, nth: peer.answer(500, {"error": {"message": "Oops."}}), 1),
    (lambda peer, nth: peer.answer(504, b"<html>late</html>", content_type="text/html"), 1),
    (lambda peer, nth: peer.reset(), 1),
    (lambda peer, nth: peer.answer(200, b"not JSON"), 1),
    (lambda peer, nth: peer.answer(200, {"data": [{"b64_json": "AAAA"}]}), 1),
    # Busy for a moment: that may be repeated, as often as the policy says.
    (lambda peer, nth: peer.answer(503, {"error": "busy"}, retry_after="0"), 3),
]


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.thorough)])
def test_rows_of_which_five_percent_fail_in_ten_ways(extension, connector, tmp_path, count):
    picture = tmp_path / "picture.png"
    picture.write_bytes(make_png((16, 16)))
    rows = range(count)
    bad = {number: FAULTS[number // 20 % len(FAULTS)] for number in rows if number % 20 == 7}
    asked = Counter()
    lock = threading.Lock()

    def serve(peer):
        number = peer.read().user
        with lock:
            asked[number] += 1
            nth = asked[number]
        if number in bad:
            bad[number][0](peer, nth)
        else:
            answer_with(peer, picture_of(number))

    with FaultServer(serve) as server:
        values = {
            "service": "COMPATIBLE",
            "base_url": f"http://{server.address}/v1",
            "check_connection": False,
            "retries": {"attempts": 3, "base_delay": 0.01},
        }
        configuration = connector.execute(values, []).outputs[0]
        table = pd.DataFrame(
            {"Path": [str(picture)] * len(rows), "Who": [str(number) for number in rows]}
        )
        settings = {"image_column": "Path", "from_columns": {"user": "Who"}, "concurrency": 16}
        node = extension.nodes["create_image_variations_table"]
        ran = node.execute(settings, [configuration, table], data_area=tmp_path / "data")
    result, failures, _ = ran.outputs
    assert [row["Who"] for row in failures.rows()] == [str(number) for number in sorted(bad)]
    assert all(row["Error"] for row in failures.rows())
    good = [number for number in rows if number not in bad]
    pixels = {int(row["Who"]): row["Image"].tobytes() for row in result.rows()}
    assert list(pixels) == good
    assert pixels == _pixels_of(good)
    assert asked == {number: bad[number][1] if number in bad else 1 for number in rows}


def _pixels_of(numbers):
    pixels = {}
    for number in numbers:
        with Image.open(io.BytesIO(picture_of(number))) as picture:
            pixels[number] = picture.tobytes()
    return pixels


def started(task):
    """The process of a run; it is killed where the test fails."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    process.stdin.write(json.dumps(task))
    process.stdin.close()
    return process


def finished(task):
    """What a run told that nobody disturbed."""
    with started(task) as process:
        output = process.stdout.read()
    assert process.returncode == 0
    return json.loads(output)


@pytest.fixture
def killing_server():
    """Answers each row; says when it was asked for the given number of rows."""

    class Counting:
        def __init__(self):
            self.asked = Counter()
            self.lock = threading.Lock()
            self.reached = threading.Event()
            self.goal = None

        def serve(self, peer):
            number = peer.read().user
            with self.lock:
                self.asked[number] += 1
                if self.goal is not None and self.asked.total() >= self.goal:
                    self.reached.set()
            answer_with(peer, picture_of(number))

    counting = Counting()
    with FaultServer(counting.serve) as server:
        counting.address = server.address
        yield counting


CONCURRENCY = 8
# Longer runs: OPENAI_IMAGES_KILLS=20.
KILLS = int(os.environ.get("OPENAI_IMAGES_KILLS", "1"))
ROWS = 100


def test_a_run_that_is_killed_is_taken_up_and_pays_nothing_twice(killing_server, tmp_path, moments):
    picture = tmp_path / "picture.png"
    picture.write_bytes(make_png((16, 16)))
    server = killing_server
    task = {"address": server.address, "picture": str(picture), "rows": ROWS}
    task["settings"] = {"concurrency": CONCURRENCY}
    whole = finished({**task, "data_area": str(tmp_path / "whole")})
    assert len(whole["result"]) == ROWS
    for attempt, goal in enumerate(moments):
        server.asked.clear()
        server.goal = goal
        server.reached.clear()
        own = {**task, "data_area": str(tmp_path / f"killed-{attempt}")}
        with started(own) as process:
            assert server.reached.wait(60)
            process.kill()
        assert process.returncode != 0
        server.goal = None
        again = finished(own)
        assert set(server.asked.values()) == {1}
        unknown = again["failures"]
        assert all("sent when the last run ended" in error for error in unknown.values())
        assert len(unknown) <= CONCURRENCY + BESIDES
        kept = {f"{row_id}_1" for row_id in unknown}
        expected = {row: digest for row, digest in whole["result"].items() if row not in kept}
        assert again["result"] == expected


@pytest.fixture
def moments():
    """After how many questions each run is killed."""
    chance = random.Random(7)
    return [chance.randrange(1, ROWS) for _ in range(KILLS)]


@pytest.mark.thorough
def test_memory_does_not_grow_with_rows(tmp_path):
    noise = tmp_path / "noise.png"
    Image.frombytes("RGB", (512, 512), os.urandom(512 * 512 * 3)).save(noise)
    answer = noise.read_bytes()

    def serve(peer):
        peer.read()
        answer_with(peer, answer)

    with FaultServer(serve) as server:
        task = {"address": server.address, "picture": str(noise), "data_area": str(tmp_path)}
        few, many = (finished({**task, "rows": rows})["peak"][1] for rows in (40, 200))
    # 160 more answers have 126 MB as files, and more as base64 texts.
    assert many - few < 60e6
