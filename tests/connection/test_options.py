import pytest

from openai_images.connection import parse_seed
from openai_images.errors import InvalidConnection


@pytest.mark.parametrize(("text", "seed"), [("", None), (" 42 ", 42)])
def test_a_seed_is_a_whole_number_or_none(text, seed):
    assert parse_seed(text) == seed


@pytest.mark.parametrize("text", ["-1", "1.5", "abc", "²"])
def test_a_seed_that_is_no_number_is_refused(text):
    with pytest.raises(InvalidConnection, match="enter a whole number"):
        parse_seed(text)
