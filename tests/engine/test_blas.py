"""Tests of the limit on the threads of linear algebra."""

from contextlib import ExitStack

import numpy  # noqa: F401 - brings the library
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from openai_images.engine.blas import one_thread


def blas_threads():
    return [
        library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"
    ]


@pytest.fixture(autouse=True)
def three_threads():
    with threadpool_limits(limits=3, user_api="blas"):
        yield


def test_one_thread_is_used_inside_and_as_many_as_before_afterwards():
    with one_thread():
        assert set(blas_threads()) == {1}
    assert set(blas_threads()) == {3}


def test_it_holds_until_the_last_one_leaves_whoever_came_first():
    first, second = ExitStack(), ExitStack()
    first.enter_context(one_thread())
    second.enter_context(one_thread())
    first.close()
    assert set(blas_threads()) == {1}
    second.close()
    assert set(blas_threads()) == {3}


def test_it_ends_with_an_error():
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert set(blas_threads()) == {3}
