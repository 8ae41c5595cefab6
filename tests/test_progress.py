import pytest

from openai_images.cost import Tally
from openai_images.options import Prices
from openai_images.progress import BatchProgress

USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"text_tokens": 0, "image_tokens": 100},
    "output_tokens": 1000,
    "total_tokens": 1100,
}


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tally():
    return Tally(Prices("5", "8", "30"))


def after(seconds, finished, progress, clock):
    clock.now += seconds
    for _ in range(finished):
        progress.finish_one()
    progress.show()


def test_it_tells_count_rate_cost_and_time_left(watch, tally, clock):
    progress = BatchProgress(watch, tally, 1_000, clock)
    tally.add(USAGE)
    after(10, 100, progress, clock)
    assert watch.messages == [
        "100 of 1,000; 10.0 a second; 0.0308 USD so far; about 90 min left".replace(
            "90 min", "2 min"
        )
    ]
    assert watch.fractions == [0.1]


def test_a_rate_below_one_a_second_is_told_by_the_minute(watch, tally, clock):
    after(30, 1, BatchProgress(watch, tally, 3_000, clock), clock)
    assert watch.messages == ["1 of 3,000; 2.0 a minute; about 25.0 h left"]


def test_the_rate_is_that_of_the_last_minute(watch, tally, clock):
    progress = BatchProgress(watch, tally, None, clock)
    after(10, 1000, progress, clock)
    after(55, 0, progress, clock)
    after(50, 50, progress, clock)
    assert watch.messages[-1] == "1,050 pictures; 1.0 a second"


def test_before_the_first_result_nothing_is_guessed(watch, tally, clock):
    after(1, 0, BatchProgress(watch, tally, 10, clock), clock)
    assert watch.messages == ["0 of 10"]


def test_where_nothing_comes_the_jobs_say_why(watch, tally, clock):
    progress = BatchProgress(watch, tally, 10, clock)
    progress.note("Waiting for the service")
    after(1, 0, progress, clock)
    after(5, 0, progress, clock)
    assert watch.messages == ["0 of 10", "0 of 10; Waiting for the service"]


def test_it_is_not_told_more_often_than_can_be_read(watch, tally, clock):
    progress = BatchProgress(watch, tally, 100, clock)
    for _ in range(20):
        after(0.1, 1, progress, clock)
    assert 2 <= len(watch.messages) <= 4
