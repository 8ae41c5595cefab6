"""What calls cost: the tokens that a service counts, times the prices that the user entered.

The arithmetic is decimal and exact; numbers are rounded only where they are shown.
"""

from __future__ import annotations

import decimal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .options import Prices

__all__ = ["Cost", "Tally", "TokenCounts", "cost_of"]

# Counts have up to 19 digits and prices up to 18: a sum that had to be rounded would be an error.
_EXACT = decimal.Context(prec=100, traps=[decimal.Inexact, decimal.InvalidOperation])
_A_MILLIONTH = Decimal("0.000001")


@dataclass(frozen=True)
class TokenCounts:
    """The tokens of one call, as far as the service counts them; None for what it leaves out.

    Attributes:
        input, output, total: what was sent, what was made, and both.
        text_input, image_input, text_output, image_output: the same by kind.
    """

    input: int | None = None
    output: int | None = None
    total: int | None = None
    text_input: int | None = None
    image_input: int | None = None
    text_output: int | None = None
    image_output: int | None = None

    @classmethod
    def read(cls, usage: Mapping[str, Any] | None) -> TokenCounts:
        """Read `usage` of an images answer; what is no count there is None."""
        counts = usage or {}
        inputs = _mapping(counts.get("input_tokens_details"))
        outputs = _mapping(counts.get("output_tokens_details"))
        return cls(
            input=_count(counts.get("input_tokens")),
            output=_count(counts.get("output_tokens")),
            total=_count(counts.get("total_tokens")),
            text_input=_count(inputs.get("text_tokens")),
            image_input=_count(inputs.get("image_tokens")),
            text_output=_count(outputs.get("text_tokens")),
            image_output=_count(outputs.get("image_tokens")),
        )


@dataclass(frozen=True)
class Cost:
    """An amount of money, exact, in a currency."""

    amount: Decimal
    currency: str


def cost_of(counts: TokenCounts, prices: Prices) -> Cost | None:
    """The cost of one call.

    None where it is not known: the service does not count, its counts do not add up, or a kind of
    token that it counts has no price. Output that is not told apart counts as image; input that
    is not told apart has a cost only if text and image have the same price.
    """
    amount = Decimal(0)
    for kind, count in _by_kind(counts, prices).items():
        price = prices.of(kind)
        if count is None or (count and price is None):
            return None
        part = _EXACT.multiply(Decimal(count), price or Decimal(0))
        amount = _EXACT.add(amount, _EXACT.multiply(part, _A_MILLIONTH))
    return Cost(amount, prices.currency)


def _by_kind(counts: TokenCounts, prices: Prices) -> Mapping[str, int | None]:
    """The count of each kind that has a price, None where it cannot be told."""
    text_in, image_in = counts.text_input, counts.image_input
    text_out, image_out = counts.text_output, counts.image_output
    if text_in is None and image_in is None and prices.of("text_input") == prices.of("image_input"):
        text_in = counts.input
    if text_out is None and image_out is None:
        image_out = counts.output
    adds_up = (text_in or 0) + (image_in or 0) == counts.input
    adds_up = adds_up and (text_out or 0) + (image_out or 0) == counts.output
    # Gateways fill in zeros where the service behind them does not count.
    if not adds_up or not (counts.input or counts.output):
        return {"text_input": None}
    return {
        "text_input": text_in or 0,
        "image_input": image_in or 0,
        "text_output": text_out or 0,
        "image_output": image_out or 0,
    }


class Tally:
    """The running sum of what calls cost; may be used by many threads."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self._lock = threading.Lock()
        self._sum = Decimal(0)
        self._is_complete = True
        self._is_used = False

    def add(self, usage: Mapping[str, Any] | None) -> Cost | None:
        """Add a call by its `usage`; gives its cost, None where that is not known."""
        cost = cost_of(TokenCounts.read(usage), self._prices)
        with self._lock:
            self._is_used = True
            if cost is None:
                self._is_complete = False
            else:
                self._sum = _EXACT.add(self._sum, cost.amount)
        return cost

    @property
    def sum(self) -> Decimal:
        """What the calls with a known cost cost together."""
        with self._lock:
            return self._sum

    @property
    def is_used(self) -> bool:
        """Whether any call was added."""
        return self._is_used

    def __str__(self) -> str:
        """The sum for a message, to a ten-thousandth: `0.0412 USD`."""
        with self._lock:
            at_least = "" if self._is_complete else "at least "
            return f"{at_least}{self._sum:,.4f} {self._prices.currency}"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: object) -> int | None:
    """A number of tokens that a table can hold: a 64-bit integer."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        return None
    return value
