"""The engine's processes: they die, are replaced, and are not left behind."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from openai_images.errors import InvalidPicture
from openai_images.server.pool import EnginePool
from openai_images.server.refusal import Refusal
from openai_images.server.worker import Subject, Task, make, ready


@pytest.fixture
def pool():
    pool = EnginePool(workers=2)
    yield pool
    pool.close()


def task(png: bytes, index: int = 0) -> Task:
    return Task(Subject(png, "cat.png", False, 10_000), 256, seed=3, index=index, strength=0.5)


def test_the_variations_come_in_the_order_of_the_tasks(pool, png):
    made = asyncio.run(pool.make([task(png, index) for index in range(4)]))
    assert [image.png for image in made] == [make(task(png, index)).png for index in range(4)]
    assert all(image.seconds > 0 for image in made)


def test_a_bad_picture_ends_the_call_and_not_the_pool(pool, png):
    async def calls() -> None:
        with pytest.raises(InvalidPicture):
            await pool.make([task(png[:100], index) for index in range(5)])
        assert len(await pool.make([task(png)])) == 1

    asyncio.run(calls())


def test_a_process_that_dies_is_told_of_and_replaced(pool, png):
    async def kill_one() -> None:
        await pool.warm_up()
        making = asyncio.ensure_future(pool.make([task(png, i) for i in range(40)]))
        victim = await asyncio.wrap_future(pool._executor.submit(ready))
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(Refusal) as refused:
            await making
        assert (refused.value.status, refused.value.code) == (503, "engine_failed")
        assert len(await pool.make([task(png)])) == 1

    asyncio.run(kill_one())


def test_a_canceled_call_leaves_the_processes_to_others(pool, png):
    async def cancel() -> None:
        making = asyncio.ensure_future(pool.make([task(png, i) for i in range(200)]))
        await asyncio.sleep(0)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        assert len(await asyncio.wait_for(pool.make([task(png)]), 30)) == 1

    asyncio.run(cancel())
