from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time

import pytest

from openai_images.engine import Canceled, variations
from openai_images.engine.pool import Pool
from openai_images.engine.variation import never
from openai_images.engine.worker import Job

from .pictures import photograph

JOB = Job("RGB", 256, 256, seed=3, strength=0.5, mirror=True)
PIXELS = photograph("coffee").tobytes()
NO_SUCH_JOB = Job("RGB", 256, 300, seed=3, strength=0.5, mirror=True)


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def listed(*selection):
    """Lines of ps, in full width, about the processes selected."""
    found = subprocess.run(["ps", "-ww", *selection], capture_output=True, text=True, check=False)
    return found.stdout.splitlines()


def workers_of(parent):
    lines = listed("-o", "pid=,args=", "--ppid", str(parent))
    return [int(line.split()[0]) for line in lines if "engine.worker" in line]


def test_a_pool_delivers_and_leaves_nothing_behind():
    with Pool(JOB, PIXELS, n=3, count=2) as pool:
        processes = [worker._process.pid for worker in pool._workers]
        assert all(pool.picture(index, never) is not None for index in (0, 1, 2))
    assert not any(alive(process) for process in processes)


def test_a_picture_is_asked_for_in_any_order():
    with Pool(JOB, PIXELS, n=2, count=2) as pool:
        assert pool.picture(1, never) is not None
        assert pool.picture(0, never) is not None


def test_a_worker_that_fails_is_logged_and_not_waited_for(caplog):
    with caplog.at_level(logging.WARNING), Pool(NO_SUCH_JOB, PIXELS, n=2, count=2) as pool:
        assert pool.picture(0, never) is None
    assert "size is 300" in caplog.text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's list of processes")
def test_what_a_killed_worker_does_not_deliver_is_made_here(caplog):
    arguments = {"n": 3, "size": 256, "seed": 3}
    expected = [
        image.tobytes() for image in variations(photograph("coffee"), workers=1, **arguments)
    ]
    killed = []

    def kill_all():
        if not killed:
            killed.extend(workers_of(os.getpid()))
            for process in killed:
                os.kill(process, signal.SIGKILL)
        return False

    images = variations(photograph("coffee"), workers=2, canceled=kill_all, **arguments)
    assert [image.tobytes() for image in images] == expected
    assert killed
    assert "ended with status" in caplog.text


def test_cancel_is_heard_while_waiting():
    with Pool(JOB, PIXELS, n=1, count=1) as pool, pytest.raises(Canceled):
        pool.picture(0, lambda: True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads Linux's list of processes")
def test_workers_do_not_outlive_a_killed_parent():
    program = (
        "import numpy as np; from PIL import Image; from openai_images.engine import variations\n"
        "noise = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)\n"
        "images = variations(Image.fromarray(noise), n=40, size=1024, seed=1, workers=2)\n"
        "next(images); print('ready', flush=True); list(images)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    with parent:
        assert parent.stdout.readline() == b"ready\n"
        workers = workers_of(parent.pid)
        assert len(workers) == 2
        parent.kill()
    patience = time.monotonic() + 20
    while any(alive(worker) for worker in workers) and time.monotonic() < patience:
        time.sleep(0.05)
    assert not any(alive(worker) for worker in workers)
