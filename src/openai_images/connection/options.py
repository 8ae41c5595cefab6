"""What one kind of service, or one call, is told besides the request."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InvalidConnection

__all__ = ["COMPRESSING_FORMATS", "DEFAULT_PROMPT", "EditOptions", "EngineOptions", "parse_seed"]

# Image formats whose `output_compression` the edits call reads.
COMPRESSING_FORMATS = ("webp", "jpeg")
DEFAULT_PROMPT = (
    "Make a variation of this picture. Keep its subject, style and mood; "
    "vary the composition, the viewpoint and the details."
)


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
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise InvalidConnection(f"Seed is {self.seed}; it must be 0 or a positive integer.")


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
                f'The image field is "{self.image_field}"; servers know image and image[].'
            )
        if self.output_compression is not None and not 0 <= self.output_compression <= 100:
            raise InvalidConnection(
                f"Output compression is {self.output_compression}; it must be 0 to 100."
            )


def parse_seed(text: str) -> int | None:
    """A seed from an option's text; empty for none.

    Raises:
        InvalidConnection: it is no whole number of 0 or more.
    """
    trimmed = text.strip()
    if not trimmed:
        return None
    if not (trimmed.isascii() and trimmed.isdigit()):
        raise InvalidConnection(
            f'Seed is "{trimmed}"; enter a whole number of 0 or more, or leave it empty.'
        )
    return int(trimmed)
