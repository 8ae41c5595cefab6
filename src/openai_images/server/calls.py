"""The form's fields as a call for the engine, or OpenAI's refusal of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from .. import engine
from ..errors import InvalidRequest
from ..options import EngineOptions, fresh_seed, read_seed, read_strength
from ..pictures import Preparation
from ..request import (
    DEFAULT_N,
    DEFAULT_RESPONSE_FORMAT,
    DEFAULT_SIZE,
    MAX_N,
    RESPONSE_FORMATS,
    SIZES,
)
from ..text import one_line
from .form import Form, FormFile
from .refusal import Refusal

__all__ = [
    "EDIT_SIZES",
    "MAX_INDEX",
    "MAX_PROMPT",
    "PREPARATIONS",
    "Call",
    "edit_call",
    "variation_call",
]

MAX_PROMPT = 32_000
"""Characters of an edit's prompt, from OpenAI's published API description."""
MAX_INDEX = 9999
DEFAULT_STRENGTH = EngineOptions().strength
_URL_BY_DEFAULT = "dall-e-2"  # of the models that know edits, all others answer in base64
EDIT_SIZES = ("auto", *SIZES)
_READ = {"image", "image[]", "index", "model", "n", "response_format", "seed", "size", "strength"}
_READ_IN_VARIATIONS = _READ | {"prepare_image"}
_READ_IN_EDITS = _READ | {"mask", "output_format", "stream"}
PREPARATIONS = (Preparation.AS_IS.value, Preparation.AUTOMATIC.value)
_MEANT_FOR_OTHERS = {"user", "safety_identifier"}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """What the engine is to do.

    Attributes:
        crop: whether the middle square of the picture is taken; otherwise it must be square.
        prepare: whether it is made what the call takes first, as the nodes do it.
        pixels: width and height of each result.
        as_url: whether the results are kept and answered as addresses.
        index: the first result's place in the series of its seed; the others follow it.
        strength: how far a variation may go, 0 to 1.
        note: what of the request had no effect; empty for nothing.
    """

    picture: FormFile
    crop: bool
    n: int
    pixels: int
    as_url: bool
    index: int
    seed: int
    strength: float
    note: str = ""
    prepare: bool = False

    def tasks(self, picture: engine.Square) -> list[engine.Task]:
        """One task for each result."""
        indices = range(self.index, self.index + self.n)
        return [
            engine.Task(picture, self.pixels, self.seed, index, self.strength) for index in indices
        ]


def variation_call(form: Form) -> Call:
    """The call of a form for /v1/images/variations.

    Raises:
        Refusal: 400, a field is missing or outside its limits.
    """
    size = _choice(form, "size", SIZES, DEFAULT_SIZE)
    preparation = _choice(form, "prepare_image", PREPARATIONS, PREPARATIONS[0])
    call = _call(form, size, DEFAULT_RESPONSE_FORMAT, crop=False, read=_READ_IN_VARIATIONS)
    return replace(call, prepare=preparation == Preparation.AUTOMATIC.value)


def edit_call(form: Form) -> Call:
    """The call of a form for /v1/images/edits, whose prompt has no effect here.

    Raises:
        Refusal: 400, a field is missing, outside its limits, or asks for what the engine lacks.
    """
    if "mask" in form.files or "mask" in form.fields:
        raise _unsupported("mask", "The engine varies whole pictures: leave the mask out.")
    if form.fields.get("stream", "false").lower() not in ("false", "0"):
        raise _unsupported("stream", "Streaming is not supported: leave 'stream' out.")
    if len(form.fields.get("prompt", "")) > MAX_PROMPT:
        raise Refusal(
            400,
            f"Invalid 'prompt': string too long. Expected a string with maximum length "
            f"{MAX_PROMPT}, but got a string with length {len(form.fields['prompt'])} instead.",
            param="prompt",
            code="string_above_max_length",
        )
    _choice(form, "output_format", ("png",), "png")
    size = _choice(form, "size", EDIT_SIZES, "auto").replace("auto", DEFAULT_SIZE)
    model = form.fields.get("model", "")
    answer_format = "url" if model == _URL_BY_DEFAULT else "b64_json"
    return _call(form, size, answer_format, crop=True, read=_READ_IN_EDITS)


def _call(form: Form, size: str, answer_format: str, *, crop: bool, read: set[str]) -> Call:
    answer_format = _choice(form, "response_format", RESPONSE_FORMATS, answer_format)
    return Call(
        picture=_picture(form),
        crop=crop,
        n=_integer(form, "n", DEFAULT_N, 1, MAX_N),
        pixels=int(size.partition("x")[0]),
        as_url=answer_format == "url",
        index=_integer(form, "index", 0, 0, MAX_INDEX),
        seed=_engine_field(form, "seed", read_seed, fresh_seed),
        strength=_engine_field(form, "strength", read_strength, lambda: DEFAULT_STRENGTH),
        note=_note(form, read | _MEANT_FOR_OTHERS),
    )


def _note(form: Form, understood: set[str]) -> str:
    ignored = sorted((form.fields.keys() | form.files.keys()) - understood)
    listed = ", ".join(one_line(name, 40) for name in ignored)
    return f"The engine has no use for these fields: {listed}." if ignored else ""


def _picture(form: Form) -> FormFile:
    pictures = [*form.files.get("image", ()), *form.files.get("image[]", ())]
    if len(pictures) == 1:
        return pictures[0]
    if pictures:
        raise Refusal(
            400,
            f"Invalid 'image': {len(pictures)} pictures were sent; the engine varies one.",
            param="image",
            code="array_above_max_length",
        )
    if "image" in form.fields or "image[]" in form.fields:
        raise Refusal(
            400,
            "Invalid type for 'image': expected a file, but got a string instead.",
            param="image",
            code="invalid_type",
        )
    raise Refusal(
        400,
        "Missing required parameter: 'image'.",
        param="image",
        code="missing_required_parameter",
    )


def _integer(form: Form, name: str, default: int, low: int, high: int) -> int:
    text = form.fields.get(name, str(default)).strip()
    if not _INTEGER.fullmatch(text):
        raise Refusal(
            400,
            f"Invalid type for '{name}': expected an integer, but got a string instead.",
            param=name,
            code="invalid_type",
        )
    value = int(text)
    if low <= value <= high:
        return value
    how, sign, bound = (
        ("below minimum", ">=", low) if value < low else ("above maximum", "<=", high)
    )
    raise Refusal(
        400,
        f"Invalid '{name}': integer {how} value. "
        f"Expected a value {sign} {bound}, but got {value} instead.",
        param=name,
        code=f"integer_{how.replace('imum', '').replace(' ', '_')}_value",
    )


def _choice(form: Form, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = form.fields.get(name, default)
    if value in allowed:
        return value
    listed = " and ".join(filter(None, (", ".join(map(repr, allowed[:-1])), repr(allowed[-1]))))
    raise Refusal(
        400,
        f"Invalid value: '{one_line(value, 100)}'. Supported values are: {listed}.",
        param=name,
        code="invalid_value",
    )


def _engine_field(form: Form, name: str, read: Callable[[str], T], default: Callable[[], T]) -> T:
    if name not in form.fields:
        return default()
    try:
        return read(form.fields[name])
    except InvalidRequest as error:
        raise Refusal(400, str(error), param=name, code="invalid_value") from None


def _unsupported(name: str, message: str) -> Refusal:
    return Refusal(400, message, param=name, code="unsupported_parameter")
