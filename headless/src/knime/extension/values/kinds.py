"""Python classes that can stand in a cell, and how they are stored."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ValueType:
    """One class of values.

    ``python_type`` and ``also`` are full class names, so that the modules that define the classes
    (Pillow above all) need not be imported to know them. ``storage`` names how a value is stored.
    """

    python_type: str
    logical_type: str
    display_name: str
    storage: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    also: tuple[str, ...] = ()


def _image_to_png(image: Any) -> dict[str, Any]:
    """Storage of a picture: always encoded anew, as PNG."""
    if not hasattr(image, "save"):
        raise TypeError(f"An image cell takes a PIL.Image.Image, not {type(image).__name__}.")
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return {"0": None, "1": buffer.getvalue()}


def _png_to_image(storage: dict[str, Any]) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(storage["1"]))


def _same(value: Any) -> Any:
    return value


def _factory(class_name: str) -> str:
    return json.dumps({"value_factory_class": class_name}, separators=(",", ":"))


def _time(python_type: str, factory: str, display_name: str) -> ValueType:
    return ValueType(
        python_type,
        _factory(f"org.knime.core.data.v2.time.{factory}"),
        display_name,
        "long",
        _same,
        _same,
    )


PNG_IMAGE = ValueType(
    "PIL.Image.Image",
    _factory("org.knime.core.data.image.png.PNGImageValueFactory"),
    "PNG Image",
    "struct<binary>",
    _image_to_png,
    _png_to_image,
    also=("PIL.PngImagePlugin.PngImageFile",),
)
JSON = ValueType(
    "builtins.dict",
    _factory("org.knime.core.data.json.JSONValueFactory"),
    "JSON",
    "string",
    lambda value: json.dumps(value, ensure_ascii=False),
    json.loads,
)
LOCAL_DATE_TIME = _time("datetime.datetime", "LocalDateTimeValueFactory", "Local Date Time")
ZONED_DATE_TIME = _time(
    "pandas._libs.tslibs.timestamps.Timestamp", "ZonedDateTimeValueFactory2", "Zoned Date Time"
)
LOCAL_DATE = _time("datetime.date", "LocalDateValueFactory", "Local Date")
LOCAL_TIME = _time("datetime.time", "LocalTimeValueFactory", "Local Time")
DURATION = _time("datetime.timedelta", "DurationValueFactory", "Duration")

_ALL = (PNG_IMAGE, JSON, LOCAL_DATE_TIME, ZONED_DATE_TIME, LOCAL_DATE, LOCAL_TIME, DURATION)
_BY_ID = {value_type.logical_type: value_type for value_type in _ALL}
_BY_CLASS = {name: v for v in _ALL for name in (v.python_type, *v.also)}


def value_types() -> tuple[ValueType, ...]:
    """All known value types."""
    return _ALL


def value_type_of(python_type: type) -> ValueType | None:
    """The value type of exactly this class; a subclass is not known by its base."""
    return _BY_CLASS.get(f"{python_type.__module__}.{python_type.__qualname__}")


def value_type_with_id(logical_type: str) -> ValueType | None:
    """The value type with this identifier."""
    return _BY_ID.get(logical_type)
