from __future__ import annotations

import io
import subprocess
import sys

import pytest
from PIL import Image

from openai_images.engine import Source, variation, worker

from .pictures import photograph


def test_a_picture_survives_the_pipe():
    pipe = io.BytesIO()
    picture = photograph("coffee").convert("RGBA")
    worker.send_picture(pipe, picture)
    pipe.seek(0)
    assert worker.receive_picture(pipe).tobytes() == picture.tobytes()


@pytest.mark.parametrize("kept", [0, 5, 60, -1])
def test_a_pipe_that_ends_early_gives_none(kept):
    pipe = io.BytesIO()
    worker.send_picture(pipe, Image.new("RGB", (8, 8)))
    assert worker.receive_picture(io.BytesIO(pipe.getvalue()[:kept])) is None


def test_a_worker_serves_until_its_input_ends():
    image = photograph("coffee")
    job = worker.Job("RGB", 256, 256, seed=4, strength=0.3, mirror=False)
    with subprocess.Popen(
        [sys.executable, "-I", "-c", worker.BOOTSTRAP, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        worker.send_job(process.stdin, job, image.tobytes())
        worker.send_index(process.stdin, 2)
        picture = worker.receive_picture(process.stdout)
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    expected = variation(Source(image), 256, seed=4, index=2, strength=0.3, mirror=False)
    assert picture.tobytes() == expected.tobytes()
