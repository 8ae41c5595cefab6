from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_images.errors import InvalidConnection, InvalidRequest
from openai_images.options import MAX_SEED, Prices, parse_headers, read_seed, read_strength


@pytest.mark.parametrize(("text", "seed"), [(" 42 ", 42), ("0", 0), (str(MAX_SEED), MAX_SEED)])
def test_a_seed_is_a_whole_number(text, seed):
    assert read_seed(text) == seed


@pytest.mark.parametrize("text", ["", "-1", "1.5", "abc", "²", str(MAX_SEED + 1), "9" * 5000])
def test_a_seed_that_is_no_number_is_refused_in_a_short_sentence(text):
    with pytest.raises(InvalidRequest, match="must be a whole number from 0 to") as refusal:
        read_seed(text)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize("text", ["", "nan", "-0.1", "1.01", "inf", "half", "1" * 5000])
def test_a_strength_outside_its_range_is_refused(text):
    with pytest.raises(InvalidRequest, match="Strength is"):
        read_strength(text)


@given(st.text())
def test_any_text_is_a_seed_and_a_strength_or_a_refusal(text):
    for read in (read_seed, read_strength):
        with suppress(InvalidRequest):
            assert read(text) >= 0


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


def test_headers_are_read_line_by_line():
    assert parse_headers("X-Team: images\n\n x-env : test:1 ") == (
        ("X-Team", "images"),
        ("x-env", "test:1"),
    )


@pytest.mark.parametrize(
    "name",
    [
        "X-Api-Key",
        "Ocp-Apim-Subscription-Key",
        "X-Auth-Token",
        "Proxy-Authorization",
        "Cookie",
        "api_key",
        "X-Goog-Api-Key",
        "Api-Keys",
        "X-Api-Key-2",
        "Helicone-Auth",
        "X-Auth-User",
        "Authentication",
        "X-Passwd",
        "X-JWT",
    ],
)
def test_a_header_that_carries_a_key_is_refused_whatever_its_service(name):
    with pytest.raises(InvalidConnection, match="carries a secret") as refusal:
        parse_headers(f"{name}: sk-secret")
    assert "sk-secret" not in str(refusal.value)


@pytest.mark.parametrize("value", ["Bearer sk-secret", "basic sk-secret", f"sk-{'secret' * 4}"])
def test_a_value_that_is_a_key_is_refused_whatever_its_header(value):
    with pytest.raises(InvalidConnection, match="X-Team, which carries a secret") as refusal:
        parse_headers(f"X-Team: {value}")
    assert "secret" not in str(refusal.value).replace("a secret", "")


@pytest.mark.parametrize(
    "name", ["X-Team", "Monkey", "X-Keyboard", "OpenAI-Beta", "X-Author", "X-Request-Id"]
)
def test_other_headers_are_taken(name):
    assert parse_headers(f"{name}: a") == ((name, "a"),)


@pytest.mark.parametrize(
    "line",
    ["no colon sk-secret", "bad name: sk-secret", "Authorization: sk-secret", "x: sk-secret\x01"],
)
def test_a_header_that_cannot_be_stored_is_refused_without_its_value(line):
    with pytest.raises(InvalidConnection) as refusal:
        parse_headers(line)
    assert "sk-secret" not in str(refusal.value)
