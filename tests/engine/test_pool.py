"""Pools with real processes: what they make, and that nothing is left of them."""

from __future__ import annotations

import io
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed, wait
from pathlib import Path

import pytest
from PIL import Image

from openai_images.engine import (
    Canceled,
    EngineError,
    Pool,
    Source,
    Square,
    Task,
    pool_threads,
    variation,
    variations,
    worker,
)
from openai_images.engine import pool as pool_module
from openai_images.engine.pool import pays

from .. import processes
from .pictures import photograph, sticker

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
PATIENCE = 30.0
COFFEE = Square.of(photograph("coffee"))


def task(index=0, size=256, picture=COFFEE):
    return Task(picture, size, seed=3, index=index)


OTHERS = set()
"""Processes that other tests in this process keep, such as those of a server's pool."""


def children(of=None):
    return processes.children(of) - OTHERS


def until(condition):
    """Whether it came true within a bound that no working machine reaches."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def others():
    OTHERS.clear()
    OTHERS.update(children())


@pytest.fixture
def nothing_left(others):
    """Nothing of a pool is left after the test: no process, thread or open file.

    There may be fewer than before: a server of other tests closes its idle connections.
    """
    threads, files = threading.active_count(), open_files()
    yield
    assert children() == set()
    assert threading.active_count() <= threads
    assert open_files() <= files


@pytest.fixture(scope="module")
def pngs():
    """The first four variations of `task`, made in this process."""
    maker = worker.Maker()
    return [maker.make(task(index)).png for index in range(4)]


@LINUX
def test_workers_make_what_this_process_makes_in_the_order_of_the_tasks(nothing_left, pngs):
    with Pool(2, apart=True) as pool:
        made = list(pool.make(task(index) for index in range(4)))
        assert len(children()) == 2
    assert [one.png for one in made] == pngs
    assert all(one.seconds > 0 for one in made)


@LINUX
def test_many_pictures_one_variation_each_take_one_process_a_core(nothing_left, monkeypatch):
    monkeypatch.setattr(pool_module, "LONG", 1.0)
    begun = set()
    pictures = [Square.of(photograph("coffee", side)) for side in range(64, 74)]
    with Pool(2) as pool, ThreadPoolExecutor(8) as callers:
        for future in as_completed(
            [callers.submit(lambda p: pool.submit(task(picture=p)).result(), p) for p in pictures]
        ):
            assert future.result().png
            begun |= children()
    assert len(begun) == 2


@LINUX
def test_two_callers_who_go_on_get_a_process(nothing_left, monkeypatch, pngs):
    """Two short tasks at a time never pay for a start, however long it goes on like that."""
    monkeypatch.setattr(pool_module, "GOES_ON", 1.0)
    with Pool(2) as pool:
        wait([pool.submit(task(index)) for index in (0, 1)])
        assert children() == set()
        made = [pool.submit(task(index)) for index in (2, 3)]
        assert [future.result().png for future in made] == pngs[2:]
        assert len(children()) == 1


@LINUX
def test_this_process_is_one_of_the_workers_of_a_short_batch(nothing_left, pngs):
    with Pool(2) as pool:
        assert [made.png for made in pool.make(map(task, range(4)))] == pngs
        assert len(children()) == 1


@LINUX
def test_little_work_starts_no_process(nothing_left, pngs):
    with Pool(2) as pool:
        for index in range(3):
            assert pool.submit(task(index)).result().png == pngs[index]
        assert not children()


@LINUX
def test_one_worker_is_this_process_however_much_is_asked(nothing_left, monkeypatch, pngs):
    monkeypatch.setattr(pool_module, "GOES_ON", 0.1)
    monkeypatch.setattr(pool_module, "LONG", 0.1)
    with Pool(1) as pool:
        assert [made.png for made in pool.make(map(task, range(4)))] == pngs
        assert not children()


@pytest.mark.parametrize(
    ("tasks", "size", "ready", "workers", "expected"),
    [
        (1, 1024, 0, 8, False),
        (2, 256, 0, 8, False),
        (2, 1024, 0, 2, True),
        (10, 256, 0, 4, True),
        (100, 512, 0, 1, False),
        (100, 512, 1, 2, True),
        (100, 512, 2, 2, False),
    ],
)
def test_workers_start_where_they_pay(tasks, size, ready, workers, expected):
    assert pays([task(size=size)] * tasks, ready, workers) == expected


@LINUX
def test_who_comes_first_is_served_first(nothing_left):
    order = []
    with Pool(1, apart=True) as pool:
        futures = [pool.submit(task(index)) for index in range(4)]
        for number, future in enumerate(futures):
            future.add_done_callback(lambda _, number=number: order.append(number))
        wait(futures)
    assert order == list(range(4))


@LINUX
def test_variations_of_one_picture_wait_for_the_worker_that_knows_it(nothing_left):
    chelsea = Square.of(photograph("chelsea"))
    order = []
    with Pool(1, apart=True) as pool:
        tasks = [task(), task(picture=chelsea), task(1)]
        futures = pool._submit(tasks)
        for number, future in enumerate(futures):
            future.add_done_callback(lambda _, number=number: order.append(number))
        wait(futures)
    assert order == [0, 2, 1]


@LINUX
def test_nobody_waits_for_ever_behind_a_picture_that_keeps_coming(nothing_left, monkeypatch):
    monkeypatch.setattr(pool_module, "AHEAD", 2)
    chelsea = Square.of(photograph("chelsea"))
    order = []
    with Pool(1, apart=True) as pool:
        futures = pool._submit([task(), task(picture=chelsea), task(1), task(2)])
        for number, future in enumerate(futures):
            future.add_done_callback(lambda _, number=number: order.append(number))
        wait(futures)
    assert order == [0, 2, 1, 3]


@LINUX
def test_workers_begin_with_different_pictures(nothing_left):
    chelsea = Square.of(photograph("chelsea"))
    with Pool(2, apart=True) as pool:
        pool.start()
        futures = pool._submit([task(), task(1), task(picture=chelsea)])
        begun = {thread.digest for thread in pool._threads()}
        wait(futures)
    assert begun == {COFFEE.digest, chelsea.digest}


@LINUX
def test_a_worker_that_is_killed_is_replaced_and_its_task_made_again(nothing_left, pngs, caplog):
    with Pool(2, apart=True) as pool:
        futures = [pool.submit(task(index)) for index in range(4)]
        assert until(lambda: len(children()) == 2)
        victims = children()
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        assert [future.result(PATIENCE).png for future in futures] == pngs
        assert len(children()) == 2
        assert not children() & victims
    assert "A worker process ended with status -9" in caplog.text


@LINUX
def test_a_task_that_kills_its_worker_twice_fails_and_harms_no_other(
    nothing_left, monkeypatch, pngs
):
    dies = [sys.executable, "-c", "print('ready', flush=True); input(); raise IndexError"]
    with Pool(1, apart=True) as pool:
        monkeypatch.setattr(pool_threads, "command", lambda: dies)
        with pytest.raises(EngineError, match="Two worker processes ended") as failed:
            pool.submit(task()).result(PATIENCE)
        assert "IndexError" in str(failed.value)
        monkeypatch.setattr(pool_threads, "command", worker.command)
        assert pool.submit(task()).result(PATIENCE).png == pngs[0]


@LINUX
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["/no/such/program"], "cannot be started"),
        ([sys.executable, "-c", "import no_such_module"], "no_such_module"),
    ],
)
def test_without_processes_this_one_does_the_work(
    nothing_left, monkeypatch, pngs, caplog, command, words
):
    monkeypatch.setattr(pool_threads, "command", lambda: command)
    with Pool(2, apart=True) as pool:
        assert [made.png for made in pool.make(map(task, range(2)))] == pngs[:2]
    assert words in caplog.text


@LINUX
def test_a_failure_of_the_engine_reaches_the_caller_and_spares_the_worker(
    nothing_left, monkeypatch, pngs, caplog
):
    broken = worker.BOOTSTRAP.replace(
        "main(parent)",
        "import openai_images.engine.worker as w; make = w.variation\n"
        "def vary(source, size, **fields):\n"
        "    if fields['index'] == 1: raise IndexError('out of bounds')\n"
        "    return make(source, size, **fields)\n"
        "w.variation = vary\n"
        "main(parent)",
    )
    command = [broken if part == worker.BOOTSTRAP else part for part in worker.command()]
    monkeypatch.setattr(pool_threads, "command", lambda: command)
    with Pool(1, apart=True) as pool:
        futures = [pool.submit(task(index)) for index in range(3)]
        with pytest.raises(EngineError, match="The engine failed: IndexError: out of bounds"):
            futures[1].result(PATIENCE)
        assert [futures[index].result(PATIENCE).png for index in (0, 2)] == [pngs[0], pngs[2]]
        assert len(children()) == 1
    assert "Traceback" in caplog.text


@LINUX
@pytest.mark.parametrize("apart", [True, False])
def test_a_task_that_runs_is_canceled_and_others_go_on(nothing_left, apart, pngs):
    with Pool(1, apart=apart) as pool:
        assert pool.submit(task()).result(PATIENCE).png == pngs[0]
        running, waiting, other = (
            pool.submit(task(index, size)) for index, size in enumerate((1024, 256, 256))
        )
        began = children()
        assert running.cancel()
        assert waiting.cancel()
        assert other.result(PATIENCE).png == pngs[2]
        for future in (running, waiting):
            with pytest.raises(CancelledError):
                future.result(0)
        assert wait([running, waiting], timeout=0).not_done == set()
        assert len(began) == apart
        assert not children() & began


@LINUX
def test_a_pool_can_start_before_there_is_work(nothing_left, pngs):
    with Pool(2, apart=True) as pool:
        pool.start()
        assert until(lambda: len(children()) == 2)
        started = children()
        assert pool.submit(task()).result(PATIENCE).png == pngs[0]
        assert children() == started


@LINUX
def test_close_ends_what_is_under_way(nothing_left):
    pool = Pool(2, apart=True)
    futures = [pool.submit(task(index, size=1024)) for index in range(6)]
    pool.close()
    assert all(future.cancelled() for future in futures)
    with pytest.raises(RuntimeError, match="closed"):
        pool.submit(task())
    pool.close()


@LINUX
def test_a_pool_is_closed_by_a_callback_of_its_own(nothing_left):
    pool = Pool(2, apart=True)
    closed = threading.Event()
    future = pool.submit(task())
    future.add_done_callback(lambda _: (pool.close(), closed.set()))
    assert closed.wait(PATIENCE)
    pool.close()


@LINUX
def test_closing_the_iterator_ends_the_rest(nothing_left):
    with Pool(2, apart=True) as pool:
        made = pool.make(task(index, size=1024) for index in range(8))
        assert next(made).png
        made.close()
        assert not pool._waiting
        assert pool.submit(task()).result(PATIENCE).png


@LINUX
@pytest.mark.parametrize("workers", [1, 2])
def test_a_cancel_is_heard_at_once(nothing_left, workers):
    asked = itertools.count()
    images = variations(
        photograph("coffee"),
        n=20,
        size=1024,
        seed=1,
        workers=workers,
        canceled=lambda: next(asked) == 4,
    )
    with pytest.raises(Canceled):
        list(images)
    assert next(asked) == 5


@LINUX
@pytest.mark.parametrize(
    ("end", "fork"),
    [
        (signal.SIGKILL, True),
        (signal.SIGKILL, False),
        (signal.SIGTERM, False),
        (signal.SIGINT, False),
        (None, False),
    ],
)
def test_workers_do_not_outlive_their_parent(end, fork):
    """However it ends, and even if a fork of it that lives on holds the pipes open."""
    program = (
        "import os, signal, sys, time\n"
        # Whoever starts a test run in the background of a shell has this signal ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from openai_images.engine import Square, Pool, Task\n"
        "pool = Pool(2, apart=True)\n"
        "square = Square('RGB', 64, bytes(3 * 64**2))\n"
        "tasks = [Task(square, 1024 if i else 256, 1, i) for i in range(90)]\n"
        "futures = [pool.submit(task) for task in tasks]\n"
        "futures[0].result()\n"
        f"fork = {fork} and os.fork()\n"
        "if fork == 0 and fork is not False: time.sleep(60); os._exit(0)\n"
        "print(int(fork), flush=True)\n"
        f"{'futures[-1].result()' if end else ''}\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with parent:
        forked = int(parent.stdout.readline())
        workers = children(parent.pid) - {forked}
        if end:
            parent.send_signal(end)
        parent.wait(PATIENCE)
        try:
            assert len(workers) == 2 or not end
            assert until(lambda: not any(map(processes.exists, workers)))
        finally:
            if forked:
                os.kill(forked, signal.SIGKILL)


@LINUX
def test_callers_at_once_do_not_mix(nothing_left):
    pictures = [Square.of(photograph(name)) for name in ("coffee", "chelsea")]
    maker = worker.Maker()
    tasks = [task(index, picture=picture) for index in range(2) for picture in pictures]
    expected = [maker.make(one).png for one in tasks]
    with Pool(2) as pool, ThreadPoolExecutor(4) as callers:
        made = list(callers.map(lambda one: pool.submit(one).result(), tasks))
    assert [one.png for one in made] == expected


def test_variations_are_those_of_variation():
    source = Source(photograph("chelsea", 512))
    expected = [variation(source, 256, seed=5, index=i, strength=0.8, mirror=False) for i in (0, 1)]
    for workers in (1, 2):
        images = variations(
            photograph("chelsea", 512),
            n=2,
            size=256,
            seed=5,
            strength=0.8,
            mirror=False,
            workers=workers,
        )
        assert [image.tobytes() for image in images] == [image.tobytes() for image in expected]


def test_transparency_passes_through_workers():
    with Pool(1, apart=True) as pool:
        (made,) = pool.make([task(picture=Square.of(sticker()))])
    assert Image.open(io.BytesIO(made.png)).mode == "RGBA"


@pytest.mark.parametrize(
    ("arguments", "words"), [({"n": 0}, "n is 0"), ({"size": 100}, "size is 100")]
)
def test_arguments_are_refused_before_anything_starts(arguments, words):
    with pytest.raises(ValueError, match=words):
        variations(photograph("coffee"), **{"n": 1, "size": 256, "seed": 1, **arguments})
