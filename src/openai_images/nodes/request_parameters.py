"""The options of a variation request, the same in every node that makes one.

KNIME knows a node's options by the names that they have in its class, so each node names them
itself; a switch and its option come as a pair.
"""

from __future__ import annotations

from typing import Any, Protocol

import knime.extension as knext

from ..request import (
    DEFAULT_N,
    DEFAULT_RESPONSE_FORMAT,
    DEFAULT_SIZE,
    MAX_N,
    RESPONSE_FORMATS,
    SIZES,
    VariationRequest,
    parse_extra_fields,
)
from .parameters import PreparationChoice, ResultFormatChoice, checked_in_configure

# What a parameter is to a type checker: the class that declares it sees the parameter, its
# instances see the value.
_Pair = tuple[Any, Any]


class RequestOptions(Protocol):
    """A node that has all options of a request."""

    set_model: bool
    model: str
    set_n: bool
    n: int
    set_response_format: bool
    response_format: str
    set_size: bool
    size: str
    set_user: bool
    user: str
    extra_fields: str


def request_of(node: RequestOptions) -> VariationRequest:
    """The request, still without its picture: what is switched on.

    Raises:
        InvalidRequest: a field is outside its limits.
    """
    return VariationRequest(
        image=b"",
        model=node.model if node.set_model else None,
        n=node.n if node.set_n else None,
        response_format=node.response_format if node.set_response_format else None,
        size=node.size if node.set_size else None,
        user=node.user if node.set_user else None,
        extra_fields=parse_extra_fields(node.extra_fields),
    )


def model_options() -> _Pair:
    """Set Model, and Model as free text: a list of models would be out of date soon."""
    switch = knext.BoolParameter("Set Model", "Whether to name a model.", False)
    option = knext.StringParameter(
        "Model",
        "The model that makes the images, by the name that the service knows. The connector's "
        "*Check Connection* lists those of the service.",
        "",
    )
    return switch, _shown_with(switch, option)


def n_options() -> _Pair:
    """Set N, and N."""
    switch = knext.BoolParameter("Set N", "Whether to say how many images.", False)
    option = knext.IntParameter(
        "N",
        f"How many images to make, 1 to {MAX_N}; {DEFAULT_N} if not set. Each image is billed.",
        DEFAULT_N,
        checked_in_configure,
        min_value=1,
        max_value=MAX_N,
    )
    return switch, _shown_with(switch, option)


def response_format_options() -> _Pair:
    """Set Response Format, and Response Format."""
    switch = knext.BoolParameter(
        "Set Response Format", "Whether to say in which form the images come back.", False
    )
    option = knext.StringParameter(
        "Response Format",
        "`url`: web addresses, which live for 60 minutes at OpenAI; *Images* fetches them at once. "
        "`b64_json`: the images themselves as base64 texts. `url` if not set. The edits call "
        "always answers in base64.",
        DEFAULT_RESPONSE_FORMAT,
        enum=list(RESPONSE_FORMATS),
    )
    return switch, _shown_with(switch, option)


def size_options() -> _Pair:
    """Set Size, and Size."""
    switch = knext.BoolParameter("Set Size", "Whether to say how large the images are.", False)
    option = knext.StringParameter(
        "Size",
        f"Width and height in pixels: {', '.join(SIZES)}; {DEFAULT_SIZE} if not set.",
        DEFAULT_SIZE,
        enum=list(SIZES),
    )
    return switch, _shown_with(switch, option)


def user_options() -> _Pair:
    """Set User, and User."""
    switch = knext.BoolParameter("Set User", "Whether to name the end user.", False)
    option = knext.StringParameter(
        "User",
        "An id of your end user, which helps the service to find abuse. Use no personal data.",
        "",
    )
    return switch, _shown_with(switch, option)


def result_format_option(default: ResultFormatChoice) -> Any:
    """Result Format."""
    return knext.EnumParameter(
        "Result Format",
        "What the result table looks like.",
        default.name,
        ResultFormatChoice,
        style=knext.EnumParameter.Style.VALUE_SWITCH,
    )


def prepare_image_option() -> Any:
    """Prepare Image."""
    return knext.EnumParameter(
        "Prepare Image",
        "How the picture becomes what the call needs.",
        PreparationChoice.AUTOMATIC.name,
        PreparationChoice,
    )


def extra_fields_option() -> Any:
    """Extra Form Fields."""
    return knext.MultilineStringParameter(
        "Extra Form Fields",
        "Further fields for servers that want them, one `name=value` a line, such as a `prompt` "
        "for Xinference, or `seed` and `strength` for the embedded engine.",
        "",
        is_advanced=True,
    )


def _shown_with(switch: Any, option: Any) -> Any:
    return option.rule(knext.OneOf(switch, [True]), knext.Effect.SHOW)
