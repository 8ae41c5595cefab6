"""Flow variables in the place of settings, by the rules of KNIME (its ``VariableType`` classes)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def overwriting(value: Any, schema: Mapping[str, Any]) -> Any:
    """What KNIME makes of a flow variable that overwrites a setting of this schema.

    A value of a kind that cannot overwrite it is given back as it is, to be refused.
    """
    kind = schema.get("type", "string")
    if kind == "array" and value is not None:
        return [_as_text(item) for item in (value if isinstance(value, list) else [value])]
    if kind == "string" and isinstance(value, (bool, int, float)):
        return _as_text(value)
    if kind == "number" and type(value) is int:
        return float(value)
    if kind == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return java_double(value) if isinstance(value, float) else str(value)


def java_double(number: float) -> str:
    """A number as Java's ``Double.toString`` writes it."""
    if not math.isfinite(number):
        return {"inf": "Infinity", "-inf": "-Infinity"}.get(str(number), "NaN")
    if number == 0 or 1e-3 <= abs(number) < 1e7:
        return repr(float(number))
    shortest = next(
        text
        for digits in range(1, 18)
        if float(text := f"{number:.{digits}e}") == number or digits == 17
    )
    mantissa, _, exponent = shortest.partition("e")
    return f"{mantissa}E{int(exponent)}"
