"""What tokens cost, as the user entered it: prices change too often to stand in code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ..errors import InvalidConnection

__all__ = ["Prices"]

# Digits enough for any price, and few enough that every cost is exact.
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_MAX_CURRENCY_CHARACTERS = 20


@dataclass(frozen=True)
class Prices:
    """Prices of a million tokens, as decimal numbers in text; empty for one that is not known.

    Texts, because they go through JSON unchanged: 0.1 stays a tenth.

    Attributes:
        text_input, image_input: of what is sent: the prompt, the picture.
        image_output, text_output: of what is made.
        currency: in which all of them are.
    """

    text_input: str = ""
    image_input: str = ""
    image_output: str = ""
    text_output: str = ""
    currency: str = "USD"

    def __post_init__(self) -> None:
        for name in ("text_input", "image_input", "image_output", "text_output"):
            text = getattr(self, name)
            if text and not _PRICE.fullmatch(text):
                label = name.replace("_", " ").title()
                raise InvalidConnection(
                    f'The price {label} is "{text[:40]}": enter a number such as 0 or 2.50 '
                    "for a million tokens, or leave it empty."
                )
        if not self.currency.isprintable() or not 0 < len(self.currency) < _MAX_CURRENCY_CHARACTERS:
            raise InvalidConnection("The currency of the prices is no short text: enter one: USD.")

    @property
    def are_known(self) -> bool:
        """Whether there is a price at all."""
        return bool(self.text_input or self.image_input or self.image_output or self.text_output)

    def of(self, kind: str) -> Decimal | None:
        """The price of a million tokens of `kind`, the name of a field; None where not known."""
        text: str = getattr(self, kind)
        return Decimal(text) if text else None
