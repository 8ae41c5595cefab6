from decimal import Decimal

import pytest

from openai_images.connection import Prices
from openai_images.errors import InvalidConnection


def test_prices_are_exact_and_may_be_unknown():
    prices = Prices(text_input="5", image_input="0.1", currency="EUR")
    assert prices.of("text_input") == 5
    assert prices.of("image_input") == Decimal("0.1")
    assert prices.of("image_output") is None


def test_without_any_price_there_is_no_table():
    assert not Prices().are_known
    assert Prices(text_output="0").are_known


@pytest.mark.parametrize("text", ["-1", "1,5", "1e3", "nan", "five", "1.", " 1", "9" * 10])
def test_a_text_that_is_no_price_is_refused_with_the_name_of_its_option(text):
    with pytest.raises(InvalidConnection, match="The price Image Output is"):
        Prices(image_output=text)


@pytest.mark.parametrize("currency", ["", "x" * 20, "a\nb"])
def test_a_currency_is_a_short_text(currency):
    with pytest.raises(InvalidConnection, match="currency"):
        Prices(currency=currency)
