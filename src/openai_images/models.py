"""Image models: which of those that a service lists make images, and when they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import bounded_json
from .errors import BadAnswer
from .response import ApiResponse
from .text import one_line
from .watch import Watch

__all__ = ["WARNING_DAYS", "Model", "image_models", "warn_of_end", "warn_of_ends"]

WARNING_DAYS = 60
"""From so many days before its end on, a model is warned of."""

_MAX_LISTED_MODELS = 1000
_MAX_NAME_CHARACTERS = 80
# How servers say what a model is for: Xinference, LocalAI and others; Lemonade; LiteLLM.
_KIND_KEYS = ("model_type", "type", "task", "labels", "modality", "mode")
# Families by name, where a server says nothing (OpenAI). Suggestions only: any name can be entered.
_FAMILIES = (
    "image",
    "dall-e",
    "diffusion",
    "flux",
    "sdxl",
    "sd-",
    "sd3",
    "kandinsky",
    "hidream",
    "kolors",
    "imagen",
)


@dataclass(frozen=True)
class Model:
    """A model by name, and its end where the service announces one.

    Attributes:
        name: as the `model` field of a call takes it.
        shutdown: the day on which the service ends it, as `YYYY-MM-DD`; empty where none is known.
    """

    name: str
    shutdown: str = ""

    def days_left(self, today: date) -> int | None:
        """Days until the end, negative after it; None where no day is known."""
        if not self.shutdown:
            return None
        return (date.fromisoformat(self.shutdown) - today).days

    def ends_soon(self, today: date) -> bool:
        """Whether it has ended, or ends within `WARNING_DAYS`."""
        left = self.days_left(today)
        return left is not None and left <= WARNING_DAYS


def warn_of_end(model: Model, today: date, watch: Watch) -> None:
    """Tell that a model that is asked for ends soon or has ended."""
    if model.ends_soon(today):
        ends = "was shut down" if (model.days_left(today) or 0) < 0 else "will be shut down"
        watch.warn(f'The model "{model.name}" {ends} on {model.shutdown}: choose another model.')


def warn_of_ends(models: Iterable[Model], today: date, watch: Watch) -> None:
    """Tell of all models that end soon or have ended."""
    ending = [model for model in models if model.ends_soon(today)]
    if ending:
        names = ", ".join(f"{model.name} ({model.shutdown})" for model in ending)
        watch.warn(
            f"Image models that end within {WARNING_DAYS} days or have ended: {names}. "
            "Choose others."
        )


def image_models(answer: ApiResponse) -> tuple[Model, ...]:
    """The models that make images, by name; where none seems to, all that do not say what they do.

    Raises:
        BadAnswer: the body is no list of models.
    """
    try:
        body = bounded_json.loads(answer.body)
    except ValueError:
        body = None
    listed = body.get("data") if isinstance(body, dict) else body
    if not isinstance(listed, list):
        raise BadAnswer(
            "The service answered, but not with a list of models. "
            "Check that the base URL is the address of an OpenAI-compatible API.",
            request_id=answer.request_id,
        )
    items = [item for item in listed[:_MAX_LISTED_MODELS] if isinstance(item, dict)]
    chosen = [item for item in items if _makes_images(item)]
    named = {_name(item): item for item in chosen or items if chosen or not _kinds(item)}
    return tuple(Model(name, _shutdown(named[name])) for name in sorted(named) if name)


def _name(model: dict[str, Any]) -> str:
    name = model.get("id")
    return one_line(name, _MAX_NAME_CHARACTERS) if isinstance(name, str) else ""


def _shutdown(model: dict[str, Any]) -> str:
    """The day of OpenAI's and Azure's `shutdown_date`, which others may follow with a time."""
    text = model.get("shutdown_date")
    try:
        return date.fromisoformat(text[:10]).isoformat() if isinstance(text, str) else ""
    except ValueError:
        return ""


def _makes_images(model: dict[str, Any]) -> bool:
    kinds = _kinds(model)
    if kinds:
        return any("image" in kind.lower() and "image-to-text" not in kind for kind in kinds)
    return any(family in _name(model).lower() for family in _FAMILIES)


def _kinds(model: dict[str, Any]) -> list[str]:
    kinds = [text for key in _KIND_KEYS for text in _texts(model.get(key))]
    architecture = model.get("architecture")
    if isinstance(architecture, dict):
        kinds += _texts(architecture.get("output_modalities"))
    return kinds


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]
