"""What a service is told besides the request: by kind of service, how patiently, at which prices.

Plain data, checked when it is made, never a secret.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from decimal import Decimal

from .errors import InvalidConnection, InvalidRequest
from .text import one_line

__all__ = [
    "COMPRESSING_FORMATS",
    "DEFAULT_PROMPT",
    "MAX_SEED",
    "EditOptions",
    "EngineOptions",
    "Prices",
    "RetryPolicy",
    "Timeouts",
    "fresh_seed",
    "parse_headers",
    "read_seed",
    "read_strength",
]

# Image formats whose `output_compression` the edits call reads.
COMPRESSING_FORMATS = ("webp", "jpeg")
DEFAULT_PROMPT = (
    "Make a variation of this picture. Keep its subject, style and mood; "
    "vary the composition, the viewpoint and the details."
)

MAX_SEED = 2**63 - 1
_FRESH_SEED_BITS = 32  # JavaScript and spreadsheets keep such a number exactly

# Digits enough for any price, and few enough that every cost is exact.
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_MAX_CURRENCY_CHARACTERS = 20

# Headers that carry keys, at OpenAI, Azure and in front of them: `X-Api-Key`,
# `Ocp-Apim-Subscription-Key`, `X-Auth-Token`, `Proxy-Authorization` and their like.
_SECRET_HEADER = re.compile(
    r"authori[sz]ation|authentication|cookie|secret|password|token|credential"
    r"|(?:^|[-_])(?:auth|passwd|jwt|bearer)(?:$|[-_])"
    r"|(?:^|[-_])(?:api|subscription|access|auth)?[-_]?keys?(?:[-_]?[0-9]+)?$",
    re.IGNORECASE,
)
# The values of such headers, whatever their name.
_SECRET_VALUE = re.compile(r"(?:bearer|basic)\s|sk-[\w-]{16}", re.IGNORECASE)


@dataclass(frozen=True)
class EngineOptions:
    """The embedded engine's own settings.

    Attributes:
        strength: how far a variation may go from the picture, 0 to 1.
        seed: the same seed gives the same pixels; None takes a fresh one for each call.
        mirror: whether a variation may be the mirror image.
    """

    strength: float = 0.5
    seed: int | None = None
    mirror: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise InvalidConnection(f"Strength is {self.strength:g}; it must be 0 to 1.")
        if self.seed is not None and not 0 <= self.seed <= MAX_SEED:
            raise InvalidConnection(f"Seed is {self.seed}; it must be 0 to {MAX_SEED}.")


@dataclass(frozen=True)
class EditOptions:
    """What the edits call gets besides the request; an empty text is not sent.

    Attributes:
        prompt: the instruction that makes an edit a variation, up to 32,000 characters.
        image_field: `image` or `image[]`, whichever the server reads.
        background, quality, output_format, input_fidelity, moderation: values that the model
            knows; they differ by model and change over time, so none is refused here.
        output_compression: 0 to 100 for JPEG and WebP; None is not sent.
    """

    prompt: str = DEFAULT_PROMPT
    image_field: str = "image"
    background: str = ""
    quality: str = ""
    output_format: str = ""
    output_compression: int | None = None
    input_fidelity: str = ""
    moderation: str = ""

    def __post_init__(self) -> None:
        if not self.prompt.strip() or len(self.prompt) > 32_000:
            raise InvalidConnection(
                f"The prompt has {len(self.prompt)} characters; the edits call needs 1 to 32,000."
            )
        if self.image_field not in ("image", "image[]"):
            raise InvalidConnection(
                f'The image field is "{one_line(self.image_field, 40)}"; '
                "servers know image and image[]."
            )
        if self.output_compression is not None and not 0 <= self.output_compression <= 100:
            raise InvalidConnection(
                f"Output compression is {self.output_compression}; it must be 0 to 100."
            )


@dataclass(frozen=True)
class Timeouts:
    """Seconds: until connected; without a byte of the answer; for one whole call."""

    connect: float = 10.0
    read: float = 300.0

    def __post_init__(self) -> None:
        for name, seconds in (("Connect timeout", self.connect), ("Read timeout", self.read)):
            if not 0 < seconds <= 86_400:
                raise InvalidConnection(
                    f"{name} is {seconds:g} seconds; it must be over 0 and at most a day."
                )


@dataclass(frozen=True)
class RetryPolicy:
    """When a call is sent again; all numbers of the policy stand here.

    Attributes:
        attempts: calls in total, the first included.
        base_delay: seconds before the second call, doubled each time.
        max_delay: cap of the doubled delay in seconds.
        jitter: share of the delay, 0 to 1, that chance may take off.
        max_wait: the longest `retry-after` in seconds that is obeyed; a longer one ends the call.
        deadline: seconds for all calls and waits together.
        may_bill_twice: also repeat what the service may already have done and charged.
    """

    attempts: int = 5
    base_delay: float = 1.0
    max_delay: float = 30.0
    jitter: float = 0.25
    max_wait: float = 120.0
    deadline: float = 900.0
    may_bill_twice: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= 100:
            raise InvalidConnection(f"Attempts is {self.attempts}; it must be 1 to 100.")
        for label, seconds in (
            ("First Delay", self.base_delay),
            ("Longest Delay", self.max_delay),
            ("Longest Wait", self.max_wait),
        ):
            if not seconds >= 0:
                raise InvalidConnection(f"{label} is {seconds:g} seconds; it must be 0 or more.")
        if not self.deadline > 0:
            raise InvalidConnection(f"Deadline is {self.deadline:g} seconds; it must be over 0.")
        if not 0 <= self.jitter <= 1:
            raise InvalidConnection(f"Retry jitter is {self.jitter:g}; it must be 0 to 1.")


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
                    f'The price {label} is "{one_line(text, 40)}": enter a number such as 0 or '
                    "2.50 for a million tokens, or leave it empty."
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


def read_strength(text: str) -> float:
    """How far a variation may go, 0 to 1, from an option or a form field.

    Raises:
        InvalidRequest: it is not a number, or outside 0 to 1.
    """
    try:
        strength = float(text)
    except ValueError:
        raise InvalidRequest(
            f'Strength is "{one_line(text, 40)}", not a number: give one from 0 to 1, such as 0.5.'
        ) from None
    if not 0 <= strength <= 1:
        raise InvalidRequest(f"Strength is {strength:g}; it must be 0 to 1.")
    return strength


def read_seed(text: str) -> int:
    """The seed of a call, 0 to `MAX_SEED`, from an option or a form field.

    Raises:
        InvalidRequest: it is not a whole number in that range.
    """
    digits = text.strip()
    # The length comes first: Python refuses to read thousands of digits with an error of its own.
    if digits.isascii() and digits.isdigit() and len(digits) <= 100 and int(digits) <= MAX_SEED:
        return int(digits)
    raise InvalidRequest(
        f'Seed is "{one_line(text, 40)}"; it must be a whole number from 0 to {MAX_SEED}.'
    )


def fresh_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbits(_FRESH_SEED_BITS)


def parse_headers(text: str) -> tuple[tuple[str, str], ...]:
    """Read `Name: value` lines; empty lines are passed over.

    Raises:
        InvalidConnection: a line has no colon, or its name is not that of a header, or it is the
            header that carries a key. The value is never quoted: it may be a secret by mistake.
    """
    return tuple(_header(line) for line in text.split("\n") if line.strip())


def _header(line: str) -> tuple[str, str]:
    name, colon, value = (part.strip() for part in line.partition(":"))
    if not colon or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise InvalidConnection("A line of Extra Headers is not of the form Name: value.")
    if _SECRET_HEADER.search(name) or _SECRET_VALUE.match(value):
        raise InvalidConnection(
            f"Extra Headers has {name}, which carries a secret: "
            "put the key into a credential instead, settings are stored in the workflow."
        )
    if not value.isascii() or not value.isprintable():
        raise InvalidConnection(
            f"The value of the extra header {name} has characters no header may have."
        )
    return name, value
