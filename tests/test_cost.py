import json
import threading
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.cost import Cost, Tally, TokenCounts, cost_of
from openai_images.options import Prices

PRICES = Prices(text_input="5", image_input="8", image_output="30", currency="EUR")
# Of a GPT Image model, in the shape of OpenAI's published API description.
USAGE = {
    "input_tokens": 234,
    "input_tokens_details": {"image_tokens": 194, "text_tokens": 40},
    "output_tokens": 1056,
    "total_tokens": 1290,
}
COST = Decimal("0.033432")  # (40 x 5 + 194 x 8 + 1056 x 30) / 1,000,000


def cost(usage, prices=PRICES):
    found = cost_of(TokenCounts.read(usage), prices)
    return found and found.amount


def test_a_call_costs_its_tokens_by_kind():
    assert cost_of(TokenCounts.read(USAGE), PRICES) == Cost(COST, "EUR")


def test_text_that_a_model_makes_has_a_price_of_its_own():
    details = {"image_tokens": 1000, "text_tokens": 56}
    usage = USAGE | {"output_tokens_details": details}
    assert cost(usage) is None
    prices = Prices("5", "8", "30", "10")
    assert cost(usage, prices) == Decimal("0.032312")


@pytest.mark.parametrize("details", [None, {}, "none", {"cached_tokens": 3}])
def test_input_that_is_not_told_apart_has_a_cost_only_at_one_price(details):
    usage = USAGE | {"input_tokens_details": details}
    assert cost(usage) is None
    assert cost(usage, Prices("5", "5.0", "30")) == Decimal("0.03285")


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0},
        {"total_tokens": 1290},
        USAGE | {"input_tokens": 235},
        USAGE | {"output_tokens": None},
        USAGE | {"output_tokens": "1056"},
        USAGE | {"output_tokens_details": {"image_tokens": 1}},
    ],
)
def test_what_is_not_counted_or_does_not_add_up_has_no_cost(usage):
    assert cost(usage) is None


def test_a_kind_without_a_price_matters_only_where_it_was_used():
    assert cost(USAGE, Prices(text_input="5", image_output="30")) is None
    details = {"image_tokens": 0, "text_tokens": 234}
    usage = USAGE | {"input_tokens_details": details}
    assert cost(usage, Prices(text_input="5", image_output="30")) == Decimal("0.03285")


@pytest.mark.parametrize("value", [-1, 1.5, True, "7", None, 2**63, [7]])
def test_only_what_a_table_can_hold_is_a_count(value):
    assert TokenCounts.read({"total_tokens": value}).total is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
names = st.sampled_from([*USAGE, "output_tokens_details"])


@given(st.dictionaries(names, json_values))
def test_whatever_a_service_says_of_its_usage_is_read(usage):
    counts = TokenCounts.read(json.loads(json.dumps(usage)))
    cost_of(counts, PRICES)


counts = st.integers(0, 2**60)
prices = st.decimals(0, 999_999_999, places=9).map(lambda price: f"{price:f}")


@given(counts, counts, counts, counts, prices, prices, prices, prices)
def test_every_cost_is_exact(a, b, c, d, p, q, r, s):
    tokens = TokenCounts(a + b, c + d, None, a, b, c, d)
    found = cost_of(tokens, Prices(p, q, r, s))
    exact = sum(n * Fraction(price) for n, price in ((a, p), (b, q), (d, r), (c, s)))
    if a + b + c + d:
        assert Fraction(found.amount) == exact / 1_000_000


def test_a_tally_adds_up_from_many_threads():
    tally = Tally(PRICES)

    def work():
        for _ in range(100):
            tally.add(USAGE)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.sum == 400 * COST
    assert str(tally) == "13.3728 EUR"


def test_a_tally_says_where_a_call_is_missing_in_it():
    tally = Tally(PRICES)
    tally.add(USAGE)
    assert tally.add(None) is None
    assert str(tally) == "at least 0.0334 EUR"
