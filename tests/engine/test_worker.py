from __future__ import annotations

import io
import json
import pickle
import queue
import subprocess
import sys

import pytest
from PIL import Image

from openai_images.engine import (
    Canceled,
    EngineError,
    Made,
    Source,
    Square,
    Task,
    variation,
    worker,
)

from .pictures import photograph

COFFEE = Square.of(photograph("coffee"))
OTHER = Square("RGBA", 2, bytes(range(16)))


def decoded(made):
    return Image.open(io.BytesIO(made.png)).tobytes()


def received(content):
    tasks = queue.SimpleQueue()
    worker.receive_tasks(io.BytesIO(content), tasks)
    return [tasks.get() for _ in range(tasks.qsize())]


def test_tasks_survive_the_pipe_and_a_known_picture_is_not_sent_again():
    sent = [
        Task(COFFEE, 256, 3, 1, 0.25, mirror=False),
        Task(COFFEE, 512, 2**63),
        Task(OTHER, 1024, 0),
    ]
    pipe = io.BytesIO()
    for task, same in zip(sent, (False, True, False), strict=True):
        worker.send_task(pipe, task, same=same)
    assert received(pipe.getvalue()) == [(task, None) for task in sent]
    assert len(pipe.getvalue()) < len(COFFEE.pixels) + 1000


def test_an_analysis_goes_along_and_gives_the_same_variation():
    source, task = Source(photograph("coffee")), Task(COFFEE, 256, 3)
    source.at(256, 1.0)
    pipe = io.BytesIO()
    worker.send_task(pipe, task, source=source)
    ((_, learned),) = received(pipe.getvalue())
    maker = worker.Maker()
    maker.learn(COFFEE, learned)
    assert maker.known(COFFEE) is learned
    assert maker.known(OTHER) is None
    assert decoded(maker.make(task)) == variation(source, 256, seed=3).tobytes()
    assert maker.known(COFFEE) is learned


@pytest.mark.parametrize("kept", [0, 5, 200, -1])
def test_a_task_that_is_cut_off_is_none(kept):
    pipe = io.BytesIO()
    worker.send_task(pipe, Task(COFFEE, 256, 3))
    assert received(pipe.getvalue()[:kept]) == []


def test_what_was_made_survives_the_pipe():
    pipe = io.BytesIO()
    worker.send_made(pipe, Made(b"png\n" * 3, 0.5))
    pipe.seek(0)
    assert worker.receive_made(pipe) == (b"png\n" * 3, 0.5)


def test_a_failure_survives_the_pipe_with_its_trace():
    pipe = io.BytesIO()
    try:
        raise EngineError("It failed.")
    except EngineError as error:
        worker.send_failure(pipe, error)
    pipe.seek(0)
    with pytest.raises(worker.WorkerFailed, match=r"It failed\.") as failed:
        worker.receive_made(pipe)
    assert "test_worker.py" in failed.value.trace


@pytest.mark.parametrize("kept", [0, 5, -1])
def test_an_answer_that_is_cut_off_is_the_end(kept):
    pipe = io.BytesIO()
    worker.send_made(pipe, Made(b"png", 0.5))
    with pytest.raises(EOFError):
        worker.receive_made(io.BytesIO(pipe.getvalue()[:kept]))


def test_a_maker_makes_what_variation_makes_of_one_picture_after_the_other():
    maker = worker.Maker()
    for name in ("coffee", "chelsea"):
        picture, source = Square.of(photograph(name)), Source(photograph(name))
        made = maker.make(Task(picture, 256, 4, 2, 0.3, mirror=False))
        image = variation(source, 256, seed=4, index=2, strength=0.3, mirror=False)
        assert decoded(made) == image.tobytes()
        assert made.seconds > 0


def test_what_was_enlarged_goes_along_with_the_analysis(monkeypatch):
    task = Task(COFFEE, 512, 3)
    maker = worker.Maker()
    made = maker.make(task)
    learned = pickle.loads(pickle.dumps(maker.known(COFFEE)))
    monkeypatch.setattr(sys.modules[type(learned).__module__], "enlarge", None)
    other = worker.Maker()
    other.learn(COFFEE, learned)
    assert other.make(task).png == made.png


def test_a_maker_passes_on_a_cancel_and_names_other_failures(monkeypatch):
    maker = worker.Maker()
    with pytest.raises(Canceled):
        maker.make(Task(COFFEE, 256, 4), canceled=lambda: True)
    monkeypatch.setattr(worker, "PNG_LEVEL", "high")
    with pytest.raises(EngineError, match="The engine failed: TypeError"):
        maker.make(Task(COFFEE, 256, 4))


def test_a_worker_serves_until_its_input_ends():
    with subprocess.Popen(
        worker.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == worker.READY
        worker.send_task(process.stdin, Task(COFFEE, 256, 4, 2))
        worker.send_task(process.stdin, Task(COFFEE, 256, 4, 3), same=True)
        made = [worker.receive_made(process.stdout) for _ in range(2)]
        process.stdin.close()
        assert process.wait(timeout=30) == 0
    source = Source(photograph("coffee"))
    expected = [variation(source, 256, seed=4, index=index).tobytes() for index in (2, 3)]
    assert [decoded(one) for one in made] == expected


def test_a_worker_loads_nothing_else_of_the_package():
    shown = worker.BOOTSTRAP.replace(
        "main(parent)", "import json; print(json.dumps(sorted(sys.modules)))"
    )
    command = [shown if part == worker.BOOTSTRAP else part for part in worker.command()]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {name for name in json.loads(run.stdout) if name.startswith("openai_images")}
    assert all(name.startswith("openai_images.engine") for name in loaded - {"openai_images"})
    assert "openai_images.engine.pool" not in loaded
